import assert from "node:assert/strict";
import { test } from "node:test";
import type { Role } from "@lair-chat/protocol/messages/shapes.ts";
import { type Action, type Actor, can, demand, type Resource, standingOf } from "./can.ts";
import { rooms, type Standing } from "./policy.ts";

const standings: readonly Standing[] = ["stranger", "banned", "member", "moderator", "owner"];
const roles: readonly Role[] = ["user", "moderator", "admin"];
const actions = Object.keys(rooms) as Action[];
const actors: readonly Actor[] = standings.flatMap((standing) =>
  roles.map((role) => ({ standing, role })),
);
const room = (isPrivate: boolean, moderated = false): Resource => ({
  kind: "room",
  isPrivate,
  moderated,
});
const isOutside = ({ standing }: Actor) => standing === "stranger" || standing === "banned";

test("to those outside nothing in a private room is there, but the invitation they have", () => {
  const seen = new Set<string>();
  for (const actor of actors.filter(isOutside)) {
    for (const action of actions) {
      const answer = can(actor, action, room(true));
      if (!/^(room|message|invitation)_not_found$/.test(answer)) {
        seen.add(`${actor.standing} ${actor.role === "admin" ? "admin " : ""}${action} ${answer}`);
      }
    }
  }
  assert.deepEqual(
    [...seen].sort(),
    [
      "banned admin invitation.answer_own yes",
      "banned admin room.enter_invited room_banned",
      "banned admin room.force_delete yes",
      "banned invitation.answer_own yes",
      "banned room.enter_invited room_banned",
      "stranger admin invitation.answer_own yes",
      "stranger admin room.enter_invited yes",
      "stranger admin room.force_delete yes",
      "stranger invitation.answer_own yes",
      "stranger room.enter_invited yes",
    ].sort(),
  );
});

test("what is not there is named by the kind of thing that was asked for", () => {
  const stranger: Actor = { standing: "stranger", role: "user" };
  assert.equal(can(stranger, "room.join", room(true)), "room_not_found");
  assert.equal(can(stranger, "conversation.write", room(true)), "room_not_found");
  assert.equal(can(stranger, "message.delete_own", room(true)), "message_not_found");
  assert.equal(can(stranger, "invitation.cancel_own", room(true)), "invitation_not_found");
  assert.equal(can(stranger, "message.edit_own", { kind: "dm" }), "message_not_found");
});

test("inside, a private room is as a public one", () => {
  for (const actor of actors.filter((one) => !isOutside(one))) {
    for (const action of actions) {
      assert.equal(can(actor, action, room(true)), can(actor, action, room(false)));
    }
  }
});

test("who may do more in a room may do all that those below may, but come in", () => {
  const ladder = ["member", "moderator", "owner"] as const;
  for (const action of actions.filter((name) => !/join|enter/.test(name))) {
    for (const [index, standing] of ladder.entries()) {
      const above = ladder[index + 1] ?? "owner";
      if (can({ standing, role: "user" }, action, room(false)) !== "yes") continue;
      assert.equal(can({ standing: above, role: "user" }, action, room(false)), "yes", action);
    }
  }
});

test("an admin may do what anybody of his standing may, and a little more", () => {
  const more = new Set<Action>();
  for (const standing of standings) {
    for (const action of actions) {
      const asUser = can({ standing, role: "user" }, action, room(false));
      const asAdmin = can({ standing, role: "admin" }, action, room(false));
      if (asAdmin === asUser) continue;
      assert.equal(asAdmin, "yes");
      more.add(action);
    }
  }
  assert.deepEqual(
    [...more].sort(),
    ["message.delete_others", "message.delete_own", "room.force_delete", "room.update"].sort(),
  );
});

test("a moderator of the server is nobody special in a room", () => {
  for (const standing of standings) {
    for (const action of actions) {
      for (const resource of [room(true), room(false)]) {
        assert.equal(
          can({ standing, role: "moderator" }, action, resource),
          can({ standing, role: "user" }, action, resource),
        );
      }
    }
  }
});

test("moderation takes the word from members, and nothing else from anybody", () => {
  const different = actors.flatMap((actor) =>
    actions
      .filter((action) => can(actor, action, room(false)) !== can(actor, action, room(false, true)))
      .map((action) => `${actor.standing} ${action}`),
  );
  assert.deepEqual(
    new Set(different),
    new Set(["member conversation.write", "member message.edit_own"]),
  );
});

test("a direct conversation belongs to two, admins or not", () => {
  for (const role of roles) {
    const may = actions.filter(
      (action) => can({ standing: "member", role }, action, { kind: "dm" }) === "yes",
    );
    assert.deepEqual(may.sort(), [
      "conversation.read",
      "conversation.write",
      "message.delete_own",
      "message.edit_own",
    ]);
    for (const action of actions) {
      assert.match(can({ standing: "stranger", role }, action, { kind: "dm" }), /_not_found$/);
    }
  }
});

test("a demand is silent or throws what the answer is", () => {
  const member: Actor = { standing: "member", role: "user" };
  demand(member, "conversation.read", room(false));
  assert.throws(() => demand(member, "room.delete", room(false)), { code: "permission_denied" });
});

test("whoever is in a room is not kept out of it", () => {
  assert.equal(standingOf("member", false), "member");
  assert.equal(standingOf(undefined, true), "banned");
  assert.equal(standingOf(undefined, false), "stranger");
});
