import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before as beforeAll, test } from "node:test";
import type { RoomId } from "@lair-chat/protocol/ids.ts";
import type { MessageTarget } from "@lair-chat/protocol/messages/shapes.ts";
import type { LoggedEvent } from "@lair-chat/protocol/registry.ts";
import { type Chat, codeOf, inRoom, type Person, roomOf, startChat, toPerson } from "./chatting.ts";

let chat: Chat;
let people: { ann: Person; bob: Person; eve: Person; root: Person };

beforeAll(async () => {
  chat = await startChat();
  const root = await chat.registerAdmin("rita");
  const [ann, bob, eve] = await Promise.all(
    ["ann", "bob", "eve"].map((name) => chat.register(name)),
  );
  assert.ok(ann && bob && eve);
  people = { ann, bob, eve, root };
});
after(() => chat[Symbol.asyncDispose]());

async function say(person: Person, target: MessageTarget, content: string) {
  return (await person.client.call("send_message", { target, content })).message;
}

/** The log behind a place, which must be dense. */
async function logOf(person: Person, target: MessageTarget, behind = 0) {
  const { entries, head } = await person.client.call("get_log", {
    target,
    after: behind,
    limit: 500,
  });
  assert.deepEqual(
    entries.map(({ seq }) => seq),
    Array.from({ length: head - behind }, (_, index) => behind + 1 + index),
  );
  return entries as unknown as readonly LoggedEvent[];
}

test("an edit reaches everybody in the room at once, the author's other device too", async () => {
  const { ann, bob } = people;
  const room = await roomOf(ann, bob);
  const message = await say(ann, inRoom(room), "helo");
  await using second = await ann.connect();
  const edited = await ann.client.call("edit_message", {
    message_id: message.id,
    content: "hello",
  });
  assert.deepEqual(edited.message, { ...message, content: "hello", edited: true });
  for (const client of [ann.client, bob.client, second]) {
    const event = await client.expects("message_edited");
    assert.deepEqual(event.message, edited.message);
    assert.equal(event.seq, message.seq + 1);
  }
  const { messages } = await bob.client.call("get_messages", { target: inRoom(room) });
  assert.deepEqual(messages, [edited.message]);
});

test("a device that was away learns of edits and deletes from the log", async () => {
  const { ann, bob } = people;
  const room = await roomOf(ann, bob);
  const first = await say(ann, inRoom(room), "first draft");
  const second = await say(ann, inRoom(room), "a mistake");
  const known = (await logOf(bob, inRoom(room))).at(-1)?.seq ?? 0;
  await ann.client.call("edit_message", { message_id: first.id, content: "final" });
  await ann.client.call("edit_message", { message_id: second.id, content: "a worse mistake" });
  await ann.client.call("delete_message", { message_id: second.id });
  const missed = await logOf(bob, inRoom(room), known);
  assert.deepEqual(
    missed.map(({ type }) => type),
    ["message_edited", "message_deleted", "message_deleted"],
  );
  const whole = await logOf(bob, inRoom(room));
  assert.equal(JSON.stringify(whole).includes("mistake"), false);
  const place = whole.find(({ seq }) => seq === second.seq);
  assert.ok(place?.type === "message_deleted");
  assert.deepEqual(
    [place.message_id, place.message_seq, place.deleted_by],
    [second.id, second.seq, ann.id],
  );
  const live = await bob.client.expects("message_deleted");
  assert.deepEqual(live, whole.at(-1));
  const { messages } = await bob.client.call("get_messages", { target: inRoom(room) });
  assert.deepEqual(
    messages.map(({ content }) => content),
    ["final"],
  );
});

test("who may change a message, on TCP and over HTTP", async () => {
  const { ann, bob, eve, root } = people;
  const room = await roomOf(ann, bob);
  const message = await say(bob, inRoom(room), "mine");
  const url = `/messages/${message.id}`;
  const body = { content: "yours" };
  assert.equal(codeOf(await ann.http("PATCH", url, body)), "not_message_author");
  assert.equal(codeOf(await eve.http("PATCH", url, body)), "not_message_author");
  assert.equal(codeOf(await eve.http("DELETE", url)), "permission_denied");
  assert.equal(codeOf(await bob.http("PATCH", url, { content: " " })), "content_invalid");
  const edited = await bob.http("PATCH", url, { content: "still mine" });
  assert.equal(edited.status, 200);
  const deleted = await ann.http("DELETE", url);
  assert.deepEqual([deleted.status, deleted.body], [200, { success: true }]);
  const again = await ann.client.refusal("delete_message", { message_id: message.id });
  assert.equal(again.code, "message_deleted");
  const other = await say(bob, inRoom(room), "spam");
  await root.client.call("delete_message", { message_id: other.id });
  const event = await bob.client.expects(
    "message_deleted",
    ({ message_id: id }) => id === other.id,
  );
  assert.equal(event.deleted_by, root.id);
});

test("one who was removed neither edits nor deletes what they said there", async () => {
  const { ann, bob } = people;
  const room = await roomOf(ann, bob);
  const { id } = await say(bob, inRoom(room), "before I go");
  await bob.client.call("leave_room", { room_id: room });
  const params = { message_id: id };
  assert.equal(
    (await bob.client.refusal("edit_message", { ...params, content: "x" })).code,
    "not_room_member",
  );
  assert.equal((await bob.client.refusal("delete_message", params)).code, "permission_denied");
});

test("in a moderated room members read, and only who keeps order writes", async () => {
  const { ann, bob } = people;
  const room = await roomOf(ann, bob);
  const before = await say(bob, inRoom(room), "while I may");
  await ann.client.call("update_room", { room_id: room, settings: { moderated: true } });
  const send = { target: inRoom(room), content: "may I?" };
  assert.equal((await bob.client.refusal("send_message", send)).code, "room_moderated");
  const edit = { message_id: before.id, content: "may I?" };
  assert.equal((await bob.client.refusal("edit_message", edit)).code, "room_moderated");
  await ann.client.call("send_message", send);
  await bob.client.call("delete_message", { message_id: before.id });
});

test("who blocked somebody and whom they blocked write to each other no more", async () => {
  const { bob, eve } = people;
  const message = await say(eve, toPerson(bob), "hello?");
  await bob.client.expects("message_received");
  await bob.client.call("block_user", { user_id: eve.id });
  await bob.client.call("block_user", { user_id: eve.id });
  const listed = await bob.client.call("list_blocked_users", {});
  assert.deepEqual(listed, {
    users: [{ id: eve.id, username: "eve" }],
    total_count: 1,
    has_more: false,
  });
  for (const [from, to] of [
    [eve, bob],
    [bob, eve],
  ] as const) {
    const send = { target: toPerson(to), content: "hello?" };
    assert.equal((await from.client.refusal("send_message", send)).code, "user_blocked");
  }
  const edit = { message_id: message.id, content: "HELLO?" };
  assert.equal((await eve.client.refusal("edit_message", edit)).code, "user_blocked");
  eve.client.send({ type: "typing", target: toPerson(bob) });
  await eve.client.settle();
  await bob.client.settle();
  assert.deepEqual(bob.client.unread("user_typing"), []);
  await bob.client.call("unblock_user", { user_id: eve.id });
  await say(eve, toPerson(bob), "hello again");
});

test("nobody blocks themselves or somebody who is not there", async () => {
  const { ann } = people;
  const blockSelf = await ann.http("POST", `/users/${ann.id}/block`);
  assert.deepEqual([blockSelf.status, codeOf(blockSelf)], [400, "validation_failed"]);
  const nobody = "0198f000-0000-7000-8000-000000000000";
  assert.equal(codeOf(await ann.http("POST", `/users/${nobody}/block`)), "user_not_found");
  const unblocked = await ann.http("DELETE", `/users/${nobody}/block`);
  assert.deepEqual([unblocked.status, unblocked.body], [200, { success: true }]);
});

async function unreadOf(person: Person, room: RoomId): Promise<unknown> {
  const { unread_counts: counts } = await person.client.call("get_current_user", {});
  return counts.by_room[room];
}

test("unread messages are others' that are still there, and are read on all devices at once", async () => {
  const { ann, bob } = people;
  const room = await roomOf(ann);
  await say(ann, inRoom(room), "before bob came");
  await bob.client.call("join_room", { room_id: room });
  assert.equal(await unreadOf(bob, room), undefined);
  const sent = [];
  for (const text of ["one", "two", "three", "four"]) sent.push(await say(ann, inRoom(room), text));
  await say(bob, inRoom(room), "my own");
  const [one, two, , four] = sent;
  assert.ok(one && two && four);
  assert.equal(await unreadOf(bob, room), 4);
  await ann.client.call("delete_message", { message_id: four.id });
  assert.equal(await unreadOf(bob, room), 3);
  await using second = await bob.connect();
  const read = { target: inRoom(room), up_to: two.id };
  const marked = await bob.client.call("mark_messages_read", read);
  assert.deepEqual(marked, { read_seq: two.seq, unread_count: 1 });
  const event = await second.expects("messages_read");
  assert.deepEqual(event, { type: "messages_read", target: inRoom(room), ...marked });
  const back = await second.call("mark_messages_read", { ...read, up_to: one.seq });
  assert.deepEqual(back, marked);
  const { conversations } = await second.call("list_conversations", {});
  const listed = conversations.find((each) => each.kind === "room" && each.room.id === room);
  assert.deepEqual([listed?.read_seq, listed?.unread_count], [two.seq, 1]);
  const beyond = await second.call("mark_messages_read", { ...read, up_to: 1_000_000 });
  assert.deepEqual(beyond, { read_seq: listed?.head, unread_count: 0 });
});

test("direct messages are unread by whom they are from", async () => {
  const { ann, eve } = people;
  const empty = await ann.http("POST", "/messages/read", {
    target: { type: "direct_message", recipient: eve.id },
    up_to: 7,
  });
  assert.deepEqual([empty.status, empty.body], [200, { read_seq: 0, unread_count: 0 }]);
  const message = await say(eve, toPerson(ann), "psst");
  const before = await ann.client.call("get_current_user", {});
  assert.deepEqual(before.unread_counts.by_dm, { [eve.id]: 1 });
  await ann.client.call("mark_messages_read", { target: toPerson(eve), up_to: message.seq });
  const { unread_counts: counts } = await ann.client.call("get_current_user", {});
  assert.deepEqual(counts.by_dm, {});
});

test("who hears that a direct message was erased hears whose it was", async () => {
  const { ann, eve } = people;
  const message = await say(eve, toPerson(ann), "never mind");
  await eve.client.call("delete_message", { message_id: message.id });
  for (const { client } of [ann, eve]) {
    const event = await client.expects("message_deleted", (one) => one.message_id === message.id);
    assert.deepEqual([event.author, event.deleted_by], [eve.id, eve.id]);
    assert.deepEqual(event.target, toPerson(ann));
  }
});

test("what is no message of the conversation marks nothing", async () => {
  const { ann, bob, eve } = people;
  const room = await roomOf(ann, bob);
  const elsewhere = await say(eve, inRoom(await roomOf(eve)), "elsewhere");
  const read = { target: inRoom(room), up_to: elsewhere.id };
  assert.equal((await bob.client.refusal("mark_messages_read", read)).code, "message_not_found");
  assert.equal((await eve.client.refusal("mark_messages_read", read)).code, "not_room_member");
});

test("a 1.x client is told of edits and deletes in fields it knows", async () => {
  const { ann, bob } = people;
  const room = await roomOf(ann, bob);
  await using old = await bob.connect([]);
  const message = await say(ann, inRoom(room), "helo");
  old.send({ type: "edit_message", message_id: message.id, content: "no", mood: "bad" });
  const refused = await old.expectsMessage(({ type }) => type === "edit_message_response");
  assert.equal(refused["success"], false);
  await ann.client.call("edit_message", { message_id: message.id, content: "hello" });
  const edited = await old.expects("message_edited");
  const { id, author, target, content } = edited.message;
  assert.deepEqual(
    [id, author, target, content, edited.message.edited],
    [message.id, ann.id, inRoom(room), "hello", true],
  );
  await ann.client.call("delete_message", { message_id: message.id });
  const deleted = await old.expects("message_deleted");
  assert.deepEqual(
    [deleted.message_id, deleted.target, deleted.deleted_by],
    [message.id, inRoom(room), ann.id],
  );
});

test("a deleted message is nowhere in the files of a server that has stopped", async () => {
  await using own = await startChat();
  const ann = await own.register("ann");
  const room = await roomOf(ann);
  const { message: kept } = await ann.client.call("send_message", {
    target: inRoom(room),
    content: "kept-in-the-file",
  });
  const gone = await say(ann, inRoom(room), "gone-for-good");
  await ann.client.call("edit_message", {
    message_id: gone.id,
    content: "edited-and-gone-for-good",
  });
  await ann.client.call("delete_message", { message_id: gone.id });
  await own.server.stop();
  const files = readdirSync(own.server.directory).map((name) =>
    readFileSync(path.join(own.server.directory, name)).toString("latin1"),
  );
  assert.ok(files.some((bytes) => bytes.includes(kept.content)));
  assert.equal(
    files.some((bytes) => bytes.includes("gone-for-good")),
    false,
  );
});
