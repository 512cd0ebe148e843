import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { mutants } from "../mutant-list.ts";

test("every mutant finds what it changes exactly once, in the sources as they are", () => {
  for (const { name, changes } of mutants) {
    assert.ok(changes.length > 0, name);
    for (const { file, from } of changes) {
      const text = readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8");
      assert.equal(text.split(from).length - 1, 1, `${name} in ${file}: ${from}`);
    }
  }
});
