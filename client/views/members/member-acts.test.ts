import assert from "node:assert/strict";
import { test } from "node:test";
import type { UserId } from "@lair-chat/protocol/ids.ts";
import type { RoomRole } from "@lair-chat/protocol/messages/shapes.ts";
import type { Member } from "../../store/state.ts";
import { memberActs } from "./member-acts.ts";
import { byName, byRoleAndName } from "./member-order.ts";
import { memberRows } from "./member-rows.ts";

test("what is offered about a member goes by what both are", () => {
  const table: readonly (readonly [RoomRole | undefined, RoomRole, string])[] = [
    ["owner", "member", "write moderate own demote? transfer kick ban"],
    ["owner", "moderator", "write own demote transfer kick ban"],
    ["owner", "owner", "write moderate demote transfer kick ban"],
    ["moderator", "member", "write kick ban"],
    ["moderator", "moderator", "write"],
    ["moderator", "owner", "write"],
    ["member", "member", "write"],
    ["member", "owner", "write"],
    [undefined, "member", "write"],
  ];
  for (const [mine, theirs, offered] of table) {
    const wanted = offered.split(" ").filter((act) => !act.endsWith("?"));
    assert.deepEqual(memberActs(mine, theirs), wanted, `${mine} about ${theirs}`);
  }
});

const member = (name: string, role: RoomRole = "member"): Member => ({
  id: name as UserId,
  username: name,
  role,
});

test("members stand by role and name, or by name alone", () => {
  const list = [member("carol"), member("Bob", "owner"), member("ann"), member("dan", "moderator")];
  const names = (members: readonly Member[]) => members.map(({ username }) => username).join(" ");
  assert.equal(names(byRoleAndName(list)), "Bob dan ann carol");
  assert.equal(names(byName(list)), "ann Bob carol dan");
  assert.equal(byName(list), byName(list), "a list is not sorted again for every frame");
});

test("a room of thousands shows as many as there is room for and counts the others", () => {
  const list = Array.from({ length: 3_000 }, (_, index) => member(`user${index}`));
  const people = new Map(
    list.slice(0, 5).map(({ id, username }) => [id, { id, username, online: true }]),
  );
  const rows = memberRows({ members: { state: "known", list } }, people, 20, 12);
  const texts = rows.map((row) => row.map(({ text }) => text).join(""));
  assert.equal(texts[0], "Online (5)");
  assert.equal(texts[7], "Offline (2995)");
  assert.match(texts[9] ?? "", /^… 2994 more: Alt-U$/);
  assert.equal(texts.length, 12);
});
