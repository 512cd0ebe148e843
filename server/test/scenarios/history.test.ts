import assert from "node:assert/strict";
import { after, before as beforeAll, test } from "node:test";
import type { RoomId } from "@lair-chat/protocol/ids.ts";
import type { Message } from "@lair-chat/protocol/messages/shapes.ts";
import type { Result } from "@lair-chat/protocol/registry.ts";
import { type Chat, codeOf, inRoom, type Person, startChat } from "./chatting.ts";
import { arrive, bringIn, join, makeRoom, say } from "./room-steps.ts";

let chat: Chat;
let people: Record<"ann" | "bob" | "cid", Person>;
let root: Person;

beforeAll(async () => {
  chat = await startChat({ LAIR_LIMIT_API_USER: "off" });
  root = await chat.registerAdmin("rita");
  people = await arrive(chat, "ann", "bob", "cid");
});
after(() => chat[Symbol.asyncDispose]());

interface Past {
  readonly room: RoomId;
  /** What was said before bob came, by ann. */
  readonly old: readonly Message[];
  /** The seq of his coming. */
  readonly joinedSeq: number;
  readonly fresh: Message;
}

let rooms = 0;

/** A room in which ann has spoken, then bob came, then she spoke again. */
async function roomWithPast(settings: Parameters<typeof makeRoom>[2]): Promise<Past> {
  const { ann, bob } = people;
  rooms += 1;
  const room = await makeRoom(ann, `past ${rooms}`, settings);
  const old = [await say(ann, room, "secret one"), await say(ann, room, "secret two")];
  if (settings?.public === false) await bringIn(room, ann, bob);
  else await join(room, bob);
  return { room, old, joinedSeq: 4, fresh: await say(ann, room, "welcome") };
}

const contents = (messages: readonly Message[]) => messages.map(({ content }) => content);
const query = (room: RoomId, more = "") => `?target_type=room&target_id=${room}${more}`;

/** The same page over TCP and over HTTP, which must not differ. */
async function logPage({ client, http }: Person, room: RoomId, bounds: object = {}) {
  const page = await client.call("get_log", { target: inRoom(room), ...bounds });
  const more = Object.entries(bounds).map(([name, value]) => `&${name}=${value}`);
  const answer = await http("GET", `/log${query(room, more.join(""))}`);
  assert.deepEqual(answer.body, page);
  return page;
}

async function messagePage({ client, http }: Person, room: RoomId, bounds: object = {}) {
  const page = await client.call("get_messages", { target: inRoom(room), ...bounds });
  const more = Object.entries(bounds).map(([name, value]) => `&${name}=${value}`);
  const answer = await http("GET", `/messages${query(room, more.join(""))}`);
  assert.deepEqual(answer.body, page);
  return page;
}

async function listed({ client, http }: Person, room: RoomId) {
  const { conversations } = await client.call("list_conversations", {});
  const answer = await http("GET", "/conversations");
  assert.deepEqual(answer.body["conversations"], conversations);
  const found = conversations.find((one) => one.kind === "room" && one.room.id === room);
  assert.ok(found !== undefined);
  return found;
}

const seqsOf = ({ entries }: Result<"get_log">) => entries.map(({ seq }) => seq);

test("a private room keeps its past from those who come later, by every way of reading", async () => {
  const { ann, bob } = people;
  const { room, old, joinedSeq, fresh } = await roomWithPast({ public: false });
  const everything = { head: 5, has_more: false, history_starts_at: joinedSeq };
  for (const bounds of [{}, { after: 0 }, { after: 2 }, { before: 6 }, { after: 3, limit: 2 }]) {
    const page = await logPage(bob, room, bounds);
    assert.deepEqual(seqsOf(page), [4, 5], JSON.stringify(bounds));
    const { entries: _, ...rest } = page;
    assert.deepEqual(rest, everything, JSON.stringify(bounds));
  }
  for (const bounds of [{ before: 4 }, { before: 2 }]) {
    assert.deepEqual(await logPage(bob, room, bounds), { entries: [], ...everything });
  }
  const [first] = old;
  assert.ok(first !== undefined);
  const time = (message: Message, ms: number) =>
    new Date(Date.parse(message.created_at) + ms).toISOString();
  for (const bounds of [{}, { after: 0 }, { after: 1 }, { after: time(first, -1000) }]) {
    const page = await messagePage(bob, room, bounds);
    assert.deepEqual(page, { messages: [fresh], has_more: false }, JSON.stringify(bounds));
  }
  for (const bounds of [{ before: 5 }, { before: time(first, 0) }, { before: 1 }]) {
    const page = await messagePage(bob, room, bounds);
    assert.deepEqual(page, { messages: [], has_more: false }, JSON.stringify(bounds));
  }
  const { head, unread_count, read_seq } = await listed(bob, room);
  assert.deepEqual({ head, unread_count, read_seq }, { head: 5, unread_count: 1, read_seq: 4 });
  const me = await bob.client.call("get_current_user", {});
  assert.equal(me.unread_counts?.by_room[room], 1);
  assert.deepEqual(seqsOf(await logPage(ann, room)), [1, 2, 3, 4, 5]);
  assert.equal((await logPage(ann, room)).history_starts_at, 1);
});

test("a message that may not be read can be neither marked, nor changed, nor deleted", async () => {
  const { ann, bob } = people;
  const { room, old, fresh } = await roomWithPast({ public: false, join_role: "moderator" });
  const [first] = old;
  assert.ok(first !== undefined);
  const mark = { target: inRoom(room), up_to: first.id };
  assert.equal((await bob.client.refusal("mark_messages_read", mark)).code, "message_not_found");
  const marked = await bob.client.call("mark_messages_read", { target: inRoom(room), up_to: 2 });
  assert.deepEqual(marked, { read_seq: 4, unread_count: 1 });
  const about = { message_id: first.id };
  const edit = { ...about, content: "mine now" };
  assert.equal((await bob.client.refusal("edit_message", edit)).code, "message_not_found");
  assert.equal((await bob.client.refusal("delete_message", about)).code, "message_not_found");
  const path = `/messages/${first.id}`;
  assert.equal(codeOf(await bob.http("DELETE", path)), "message_not_found");
  assert.equal(codeOf(await bob.http("PATCH", path, { content: "x" })), "message_not_found");
  // As a moderator he may delete what he can see.
  await bob.client.call("delete_message", { message_id: fresh.id });
  assert.deepEqual(contents((await messagePage(ann, room)).messages), ["secret two", "secret one"]);
});

test("an edit of what may not be read tells its readers all of it, and the others nothing", async () => {
  const { ann, bob } = people;
  const { room, old } = await roomWithPast({ public: false });
  const [first] = old;
  assert.ok(first !== undefined);
  await using second = await ann.connect();
  const params = { message_id: first.id, content: "secret three" };
  await ann.client.call("edit_message", params);
  const toReader = await second.expects("message_edited");
  assert.equal(toReader.message.content, "secret three");
  const toOther = await bob.client.expects("message_edited");
  assert.deepEqual([toOther.message.content, toOther.seq], ["", 6]);
  assert.deepEqual((await logPage(bob, room)).entries.at(-1), { ...toOther });
  assert.deepEqual((await logPage(ann, room)).entries.at(-1), { ...toReader });
  await bob.client.settle();
  assert.ok(!JSON.stringify(bob.client.received).includes("secret three"));
});

test("who leaves and comes back begins anew, also with what he said himself", async () => {
  const { bob } = people;
  const { room } = await roomWithPast({ history: "joined" });
  const mine = await say(bob, room, "bye");
  await bob.client.call("leave_room", { room_id: room });
  await join(room, bob);
  const page = await logPage(bob, room);
  assert.deepEqual([seqsOf(page), page.history_starts_at], [[8], 8]);
  const refused = await bob.client.refusal("edit_message", { message_id: mine.id, content: "?" });
  assert.equal(refused.code, "message_not_found");
});

test("a public room shows its past unless its owner says otherwise, and what he says holds at once", async () => {
  const { ann, bob, cid } = people;
  const { room } = await roomWithPast({});
  assert.deepEqual(seqsOf(await logPage(bob, room)), [1, 2, 3, 4, 5]);
  const set = (person: Person, history: "shared" | "joined") =>
    person.client.call("update_room", { room_id: room, settings: { history } });
  await set(ann, "joined");
  const told = await bob.client.expects("room_updated");
  assert.deepEqual([told.changes, told.room.settings.history], [["settings.history"], "joined"]);
  const page = await logPage(bob, room);
  assert.deepEqual([seqsOf(page), page.history_starts_at], [[4, 5, 6], 4]);
  await join(room, cid);
  assert.deepEqual(seqsOf(await logPage(cid, room)), [7]);
  await set(ann, "shared");
  assert.deepEqual(seqsOf(await logPage(cid, room)), [1, 2, 3, 4, 5, 6, 7, 8]);
  // Nobody counts as unread what was said before he came.
  assert.equal((await listed(cid, room)).unread_count, 0);
});

test("only owners decide about the past: neither admins nor moderators", async () => {
  const { ann, bob } = people;
  const { room } = await roomWithPast({ history: "joined" });
  const show = { room_id: room, settings: { history: "shared" } } as const;
  await join(room, root);
  const moderator = { room_id: room, user_id: bob.id, role: "moderator" } as const;
  await ann.client.call("update_member_role", moderator);
  for (const { client, http } of [root, bob]) {
    assert.equal((await client.refusal("update_room", show)).code, "permission_denied");
    const answer = await http("PATCH", `/rooms/${room}`, { settings: show.settings });
    assert.equal(codeOf(answer), "permission_denied");
  }
  // What an admin may change stays possible, and what is so already is no change.
  const same = { ...show, description: "quiet", settings: { history: "joined" } } as const;
  await root.client.call("update_room", same);
  const reported = await messagePage(ann, room);
  const oldest = reported.messages.at(-1);
  assert.ok(oldest !== undefined);
  await root.client.call("delete_message", { message_id: oldest.id });
});
