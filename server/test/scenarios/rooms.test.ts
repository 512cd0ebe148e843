import assert from "node:assert/strict";
import { test } from "node:test";
import type { RoomId } from "@lair-chat/protocol/ids.ts";
import { v7 } from "uuid";
import { codeOf, startChat } from "./chatting.ts";
import { arrive, bringIn, invite, join, makeRoom, say } from "./room-steps.ts";

test("a room is made with its settings, changed, and everybody in it hears what changed", async () => {
  await using chat = await startChat();
  const { ann, bob, cid } = await arrive(chat, "ann", "bob", "cid");
  const { room } = await ann.client.call("create_room", {
    name: "Den",
    description: "cosy",
    settings: { max_members: 5, moderated: true, join_role: "moderator" },
  });
  assert.deepEqual(room.settings, {
    description: "cosy",
    is_private: false,
    public: true,
    max_members: 5,
    moderated: true,
    join_role: "moderator",
    history: "shared",
  });
  const joined = await bob.client.call("join_room", { room_id: room.id });
  assert.equal(joined.membership.role, "moderator");
  const changed = await ann.client.call("update_room", {
    room_id: room.id,
    name: " Lair ",
    description: null,
    settings: { public: false, max_members: 2, moderated: false, join_role: "member" },
  });
  assert.deepEqual(
    [changed.room.name, changed.room.description, changed.room.settings.is_private],
    ["Lair", null, true],
  );
  for (const { client } of [ann, bob]) {
    const event = await client.expects("room_updated");
    assert.deepEqual([event.room, event.changed_by], [changed.room, ann.id]);
    assert.deepEqual(event.changes, [
      "name",
      "description",
      "settings.public",
      "settings.max_members",
      "settings.moderated",
      "settings.join_role",
    ]);
  }
  await cid.client.settle();
  assert.deepEqual(cid.client.unread("room_updated"), []);
  assert.equal((await cid.client.call("list_rooms", {})).total_count, 0);
  const tooSmall = { room_id: room.id, settings: { max_members: 1 } };
  assert.equal((await ann.client.refusal("update_room", tooSmall)).code, "validation_failed");
});

test("in a moderated room members listen", async () => {
  await using chat = await startChat();
  const { ann, bob } = await arrive(chat, "ann", "bob");
  const room = await makeRoom(ann, "Hall", { moderated: true });
  await join(room, bob);
  const message = { target: { type: "room", room_id: room } as const, content: "hi" };
  assert.equal((await bob.client.refusal("send_message", message)).code, "room_moderated");
  await say(ann, room, "welcome");
  await bob.client.expects("message_received");
  const role = { room_id: room, user_id: bob.id, role: "moderator" } as const;
  const { member } = await ann.client.call("update_member_role", role);
  assert.deepEqual([member.username, member.role, member.is_online], ["bob", "moderator", true]);
  const event = await bob.client.expects("member_role_changed");
  assert.deepEqual(
    [event.old_role, event.new_role, event.changed_by],
    ["member", "moderator", ann.id],
  );
  await say(bob, room, "thanks");
});

test("a member who is removed hears that he was, on all connections, and nothing after it", async () => {
  await using chat = await startChat();
  const { ann, bob } = await arrive(chat, "ann", "bob");
  const second = await bob.connect();
  const room = await makeRoom(ann, "Den");
  for (const reason of ["kicked", "banned"] as const) {
    await join(room, bob);
    await second.expects("user_joined_room", ({ user }) => user.id === bob.id);
    const name = reason === "kicked" ? "remove_member" : "ban_member";
    const acting = ann.client.request(name, { room_id: room, user_id: bob.id });
    const after = say(ann, room, "gone?");
    await ann.client.replyTo(acting);
    await after;
    for (const client of [bob.client, second]) {
      const left = await client.expects("user_left_room");
      assert.deepEqual([left.user_id, left.username, left.reason], [bob.id, "bob", reason]);
      assert.equal(left.by, ann.id);
      await client.settle();
      assert.deepEqual(client.unread("message_received"), []);
    }
  }
  const kept = await bob.client.refusal("join_room", { room_id: room });
  assert.equal(kept.code, "room_banned");
});

test("a ban is listed, and lifted", async () => {
  await using chat = await startChat();
  const { ann, bob } = await arrive(chat, "ann", "bob");
  const room = await makeRoom(ann, "Den");
  const onBob = { room_id: room, user_id: bob.id };
  await ann.client.call("ban_member", { ...onBob, reason: "spam" });
  const { bans, total, has_more } = await ann.client.call("list_bans", { room_id: room });
  const [ban] = bans;
  assert.deepEqual([total, has_more], [1, false]);
  assert.deepEqual([ban?.username, ban?.banned_by, ban?.reason], ["bob", ann.id, "spam"]);
  assert.equal((await ann.client.refusal("invite_to_room", onBob)).code, "room_banned");
  await ann.client.call("unban_member", onBob);
  await ann.client.call("unban_member", onBob);
  await join(room, bob);
});

test("ownership is handed over, and the old owner can leave", async () => {
  await using chat = await startChat();
  const { ann, bob } = await arrive(chat, "ann", "bob");
  const room = await makeRoom(ann, "Den");
  await join(room, bob);
  assert.equal((await ann.client.refusal("leave_room", { room_id: room })).code, "last_owner");
  const handed = await ann.client.call("transfer_ownership", { room_id: room, user_id: bob.id });
  assert.equal(handed.room.owner, bob.id);
  const own = { room_id: room, user_id: ann.id };
  await bob.client.expects("member_role_changed", ({ new_role: role }) => role === "owner");
  await bob.client.expects("member_role_changed", ({ new_role: role }) => role === "moderator");
  assert.equal((await ann.client.refusal("remove_member", own)).code, "permission_denied");
  await ann.client.call("leave_room", { room_id: room });
});

test("a room that is deleted is gone for everybody, and they are told", async () => {
  await using chat = await startChat();
  const { ann, bob, cid, dan } = await arrive(chat, "ann", "bob", "cid", "dan");
  const room = await makeRoom(ann, "Den", { public: false });
  await bringIn(room, ann, bob);
  const invitation = await invite(ann, room, cid);
  const message = await say(bob, room, "soon gone");
  assert.equal(
    (await bob.client.refusal("delete_room", { room_id: room })).code,
    "permission_denied",
  );
  await ann.client.call("delete_room", { room_id: room });
  for (const { client } of [ann, bob]) {
    const event = await client.expects("room_deleted");
    assert.deepEqual([event.room_id, event.room_name, event.deleted_by], [room, "Den", ann.id]);
  }
  const cancelled = await cid.client.expects("invitation_cancelled");
  assert.deepEqual([cancelled.invitation_id, cancelled.reason], [invitation.id, "room_deleted"]);
  await dan.client.settle();
  assert.deepEqual(dan.client.unread("room_deleted"), []);
  const target = { type: "room", room_id: room } as const;
  assert.equal((await bob.client.refusal("get_log", { target })).code, "room_not_found");
  assert.deepEqual((await bob.client.call("list_conversations", {})).conversations, []);
  const edit = { message_id: message.id, content: "still here" };
  assert.equal((await bob.client.refusal("edit_message", edit)).code, "message_not_found");
  await makeRoom(bob, "Den");
});

test("an admin changes public rooms and deletes any, but does not see private ones", async () => {
  await using chat = await startChat();
  const root = await chat.registerAdmin("boss");
  const { ann } = await arrive(chat, "ann");
  const open = await makeRoom(ann, "Open");
  const hidden = await makeRoom(ann, "Hidden", { public: false });
  const renamed = await root.client.call("update_room", { room_id: open, name: "Renamed" });
  assert.equal(renamed.room.name, "Renamed");
  assert.equal((await ann.client.expects("room_updated")).changed_by, root.id);
  const refused = await root.client.refusal("update_room", { room_id: hidden, name: "Seen" });
  assert.equal(refused.code, "room_not_found");
  assert.equal((await root.client.refusal("get_room", { room_id: hidden })).code, "room_not_found");
  await root.client.call("admin_delete_room", { room_id: hidden, reason: "reported" });
  const event = await ann.client.expects("room_deleted");
  assert.deepEqual([event.room_id, event.reason], [hidden, "reported"]);
});

test("over HTTP a room is administered at the addresses of 0.8.0", async () => {
  await using chat = await startChat();
  const { ann, bob } = await arrive(chat, "ann", "bob");
  const settings = { public: true };
  const made = await ann.http("POST", "/rooms", { name: "Den", settings });
  const { id } = made.body["room"] as { id: RoomId };
  await join(id, bob);
  const member = `/rooms/${id}/members/${bob.id}`;
  const promoted = await ann.http("PUT", `${member}/role`, { role: "moderator" });
  const { role } = promoted.body["member"] as { role: string };
  assert.deepEqual([made.status, promoted.status, role], [201, 200, "moderator"]);
  const done = { status: 200, body: { success: true } };
  assert.deepEqual(await ann.http("DELETE", member), done);
  assert.deepEqual(await ann.http("POST", `/rooms/${id}/bans/${bob.id}`), done);
  const bans = await ann.http("GET", `/rooms/${id}/bans?limit=1`);
  assert.deepEqual([bans.body["total"], bans.body["has_more"]], [1, false]);
  assert.deepEqual(await ann.http("DELETE", `/rooms/${id}/bans/${bob.id}`), done);
  const renamed = await ann.http("PATCH", `/rooms/${id}`, { name: "Lair" });
  assert.deepEqual(
    [renamed.status, (renamed.body["room"] as { name: string }).name],
    [200, "Lair"],
  );
  assert.deepEqual(await ann.http("DELETE", `/rooms/${id}`), done);
  const missing = await ann.http("DELETE", `/rooms/${v7()}`);
  assert.deepEqual([missing.status, codeOf(missing)], [404, "room_not_found"]);
});
