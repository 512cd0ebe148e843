import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatError, type ErrorCode } from "../errors.ts";
import type { CommandName } from "../registry.ts";
import { checkParams, type Strictness } from "../validate.ts";

const roomId = "0190a1b2-0000-7000-8000-0000000000aa";

function refusal(
  name: CommandName,
  raw: Record<string, unknown>,
  how: Strictness = "strict",
): ChatError {
  try {
    checkParams(name, raw, how);
  } catch (error) {
    assert.ok(error instanceof ChatError);
    return error;
  }
  return assert.fail("the parameters were taken");
}

const cases: readonly [string, CommandName, Record<string, unknown>, ErrorCode][] = [
  ["a name with a blank", "register", { username: "a b c", password: "x" }, "username_invalid"],
  ["a name that is too short", "register", { username: "ab", password: "x" }, "username_invalid"],
  [
    "an address without @",
    "register",
    { username: "ann", email: "nobody", password: "x" },
    "email_invalid",
  ],
  ["a room id that is none", "join_room", { room_id: "lobby" }, "room_not_found"],
  [
    "a target's room id that is none",
    "send_message",
    { target: { type: "room", room_id: "x" }, content: "hi" },
    "room_not_found",
  ],
  [
    "a recipient that is no id",
    "send_message",
    { target: { type: "dm", recipient: "bob" }, content: "hi" },
    "user_not_found",
  ],
  [
    "an empty message",
    "send_message",
    { target: { type: "room", room_id: roomId }, content: "" },
    "content_invalid",
  ],
  [
    "an endless message",
    "send_message",
    { target: { type: "room", room_id: roomId }, content: "x".repeat(4097) },
    "content_invalid",
  ],
  [
    "a target of no known kind",
    "send_message",
    { target: { type: "planet" }, content: "hi" },
    "validation_failed",
  ],
  ["a page of a million", "list_rooms", { limit: 1_000_000 }, "validation_failed"],
  ["a limit beyond what a number holds", "list_rooms", { limit: 1e300 }, "validation_failed"],
  ["a missing password", "login", { identifier: "ann" }, "validation_failed"],
];

for (const [what, name, raw, code] of cases) {
  test(`${what} in ${name} is answered with ${code}`, () => {
    assert.equal(refusal(name, raw).code, code);
  });
}

test("a refusal names the field", () => {
  const error = refusal("list_rooms", { limit: 0 });
  assert.deepEqual(error.details, { field: "limit" });
  assert.match(error.message, /limit/);
});

test("an unknown field is called unknown", () => {
  assert.match(refusal("ping", { colour: "red" }).message, /colour is not a known field/);
});

test("a 1.x client's nulls count as not given", () => {
  assert.deepEqual(checkParams("list_rooms", { filter: null, limit: null }, "lenient"), {});
});

test("a field named like a member of every object is only a field", () => {
  assert.equal(refusal("ping", { toString: 1 }).code, "validation_failed");
  assert.deepEqual(checkParams("ping", { toString: 1, hasOwnProperty: 2 }, "lenient"), {});
});
