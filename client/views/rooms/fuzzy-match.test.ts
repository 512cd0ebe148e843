import assert from "node:assert/strict";
import { test } from "node:test";
import { fuzzyScore } from "./fuzzy-match.ts";

const best = (wanted: string, names: readonly string[]): string[] =>
  names
    .flatMap((name) => {
      const score = fuzzyScore(wanted, name);
      return score === undefined ? [] : [{ name, score }];
    })
    .sort((a, b) => b.score - a.score)
    .map(({ name }) => name);

test("letters in order are a match, and a start or a whole word is a better one", () => {
  assert.deepEqual(best("gen", ["legend", "general", "oxygen", "golden"]), [
    "general",
    "legend",
    "oxygen",
    "golden",
  ]);
  assert.deepEqual(best("dr", ["cedar", "design-review", "drafts"]), [
    "drafts",
    "design-review",
    "cedar",
  ]);
});

test("case does not matter, and letters in another order are no match", () => {
  assert.notEqual(fuzzyScore("ANN", "ann"), undefined);
  assert.equal(fuzzyScore("nna", "ann"), undefined);
  assert.equal(fuzzyScore("", "anything"), 0);
});
