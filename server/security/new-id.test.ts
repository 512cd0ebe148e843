import assert from "node:assert/strict";
import { test } from "node:test";
import { validate, version } from "uuid";
import { createIdSource } from "./new-id.ts";

test("ids are UUIDs of version 7 and never come twice, however many are made at once", () => {
  const newId = createIdSource();
  const ids = Array.from({ length: 5_000 }, newId);
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(ids.every((id) => validate(id) && version(id) === 7));
});

test("an id of a later millisecond sorts behind those of earlier ones", () => {
  const newId = createIdSource();
  const first = newId();
  const until = Date.now() + 2;
  while (Date.now() < until);
  assert.ok(newId() > first);
});
