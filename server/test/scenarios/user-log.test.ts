import assert from "node:assert/strict";
import { after, before as beforeAll, test } from "node:test";
import type { DeviceId } from "@lair-chat/protocol/ids.ts";
import type { Result } from "@lair-chat/protocol/registry.ts";
import { SERVER_FEATURES } from "@lair-chat/protocol/version.ts";
import { v7 } from "uuid";
import type { WireClient } from "../wire-client.ts";
import { type Chat, inRoom, type Person, password, roomOf, startChat } from "./chatting.ts";
import { invite, makeRoom, say } from "./room-steps.ts";

let chat: Chat;
let host: Person;

beforeAll(async () => {
  chat = await startChat();
  host = await chat.registerAdmin("host");
});
after(() => chat[Symbol.asyncDispose]());

interface Guest extends Person {
  /** A connection that knows the user's own log. */
  readonly own: WireClient;
  /** What the log brings from here on, once it goes as far as the server says. */
  told(): Promise<readonly string[]>;
  /** The same by asking. */
  asked(): Promise<readonly string[]>;
}

let guests = 0;

async function guest(): Promise<Guest> {
  guests += 1;
  const person = await chat.register(`guest${guests}`);
  const own = await person.connect(SERVER_FEATURES);
  const start = (await own.call("resume", { cursors: [] })).user_head;
  const entries = async (): Promise<Result<"resume">> =>
    person.client.call("resume", { cursors: [], user_seq: start });
  return {
    ...person,
    own,
    asked: async () => {
      const { user_entries: found, user_head: head } = await entries();
      assert.deepEqual(
        found.map(({ user_seq: seq }) => seq),
        Array.from({ length: head - start }, (_, index) => start + 1 + index),
      );
      return found.map(({ type }) => type);
    },
    told: async () => {
      const { user_head: head, user_entries: expected } = await entries();
      const isIt = (message: object) => "user_seq" in message && message.user_seq === head;
      if (!own.received.some(isIt)) await own.expectsMessage(isIt, `the user_seq ${head}`);
      const pushed = own.received.filter((message) => "user_seq" in message);
      assert.deepEqual(pushed, expected);
      return pushed.map((message) => String(message["type"]));
    },
  };
}

const both = async (person: Guest, expected: readonly string[]) => {
  assert.deepEqual(await person.asked(), expected);
  assert.deepEqual(await person.told(), expected);
};

test("invitations are told with their places, whatever becomes of them", async () => {
  const bob = await guest();
  const rooms = await Promise.all(
    Array.from({ length: 4 }, () => makeRoom(host, `room ${v7()}`, { public: false })),
  );
  const [taken, declined, cancelled, deleted] = rooms;
  assert.ok(taken && declined && cancelled && deleted);
  const yes = await invite(host, taken, bob);
  await bob.client.call("accept_invitation", { invitation_id: yes.id });
  const no = await invite(host, declined, bob);
  await bob.client.call("decline_invitation", { invitation_id: no.id });
  const back = await invite(host, cancelled, bob);
  await host.client.call("cancel_invitation", { invitation_id: back.id });
  await invite(host, deleted, bob);
  await host.client.call("delete_room", { room_id: deleted });
  await both(bob, [
    "invitation_received",
    "user_joined_room",
    "invitation_settled",
    "invitation_received",
    "invitation_settled",
    "invitation_received",
    "invitation_cancelled",
    "invitation_received",
    "invitation_cancelled",
  ]);
});

test("one's own place in rooms is told with its places", async () => {
  const bob = await guest();
  const roomId = await roomOf(host, bob);
  const args = { room_id: roomId, user_id: bob.id };
  await host.client.call("update_member_role", { ...args, role: "moderator" });
  await bob.client.call("leave_room", { room_id: roomId });
  await bob.client.call("join_room", { room_id: roomId });
  await host.client.call("remove_member", args);
  await bob.client.call("join_room", { room_id: roomId });
  await host.client.call("admin_delete_room", { room_id: roomId, reason: "spring cleaning" });
  await both(bob, [
    "user_joined_room",
    "member_role_changed",
    "user_left_room",
    "user_joined_room",
    "user_left_room",
    "user_joined_room",
    "room_deleted",
  ]);
  const [gone] = bob.own.received.filter(({ type }) => type === "room_deleted");
  assert.equal(gone?.["reason"], "spring cleaning");
});

test("read markers are told once for each step forward, and never back", async () => {
  const bob = await guest();
  const roomId = await roomOf(host, bob);
  for (const content of ["one", "two", "three"]) await say(host, roomId, content);
  const target = inRoom(roomId);
  for (const up_to of [3, 5, 4, 5]) await bob.client.call("mark_messages_read", { target, up_to });
  await bob.client.call("send_message", {
    target: { type: "dm", recipient: host.id },
    content: "hi",
  });
  await host.client.call("send_message", {
    target: { type: "dm", recipient: bob.id },
    content: "hi",
  });
  const dm = { type: "dm", recipient: host.id } as const;
  await bob.client.call("mark_messages_read", { target: dm, up_to: 2 });
  await both(bob, ["user_joined_room", "messages_read", "messages_read", "messages_read"]);
  const marks = bob.own.received.filter(({ type }) => type === "messages_read");
  assert.deepEqual(
    marks.map(({ target: of, read_seq, unread_count }) => [of, read_seq, unread_count]),
    [
      [target, 3, 2],
      [target, 5, 0],
      [dm, 2, 0],
    ],
  );
});

test("sessions that begin and end, and blocks, are told to the user's other devices", async () => {
  const bob = await guest();
  const device = { device_id: v7() as string as DeviceId, device_name: "kitchen" };
  const other = await chat.connect();
  const { session } = await other.call("login", { identifier: bob.name, password, ...device });
  await other.call("block_user", { user_id: host.id });
  await other.call("block_user", { user_id: host.id });
  await other.call("unblock_user", { user_id: host.id });
  await other.call("logout", {});
  await chat.signIn(bob.name);
  const passwords = { current_password: password, new_password: "another long password" };
  await bob.client.call("change_password", passwords);
  await both(bob, [
    "session_started",
    "block_changed",
    "block_changed",
    "sessions_ended",
    "session_started",
    "sessions_ended",
  ]);
  const [started] = bob.own.received.filter(({ type }) => type === "session_started");
  assert.deepEqual(
    [started?.["session_id"], started?.["device_id"], started?.["device_name"]],
    [session.id, device.device_id, "kitchen"],
  );
  const [ended] = bob.own.received.filter(({ type }) => type === "sessions_ended");
  assert.deepEqual(ended?.["session_ids"], [session.id]);
});

test("who does not speak resume hears what was always said, and nothing new", async () => {
  const bob = await guest();
  const old = await bob.connect([]);
  const strict = await bob.connect(["client_ids", "log"]);
  const roomId = await makeRoom(host, `room ${v7()}`, { public: false });
  const { id } = await invite(host, roomId, bob);
  await bob.client.call("accept_invitation", { invitation_id: id });
  await bob.client.call("block_user", { user_id: host.id });
  await say(host, roomId, "hi");
  await bob.client.call("mark_messages_read", { target: inRoom(roomId), up_to: 3 });
  await host.client.call("delete_room", { room_id: roomId });
  const always = ["invitation_received", "user_joined_room", "message_received"];
  for (const [client, told] of [
    [old, []],
    [strict, ["messages_read"]],
  ] as const) {
    await client.expects("room_deleted");
    const types = client.received.slice(2).map((message) => message["type"]);
    assert.deepEqual(types, [...always, ...told, "room_deleted"]);
    assert.ok(client.received.every((message) => !("user_seq" in message)));
  }
});

test("a resume without a place in the log says where it ends and gives nothing of it", async () => {
  const bob = await guest();
  const reply = await bob.client.call("resume", { cursors: [] });
  assert.ok(reply.user_head > 0);
  assert.deepEqual([reply.user_entries, reply.user_log_starts_at], [[], 1]);
  const ahead = { cursors: [], user_seq: reply.user_head + 1 };
  assert.equal((await bob.client.call("resume", ahead)).user_rewound, true);
});

test("a long log comes in pages", async () => {
  const bob = await guest();
  const before = (await bob.client.call("resume", { cursors: [] })).user_head;
  const steps = Array.from({ length: 450 }, (_, step) =>
    bob.client.call(step % 2 === 0 ? "block_user" : "unblock_user", { user_id: host.id }),
  );
  await Promise.all(steps);
  const seqs: number[] = [];
  for (let hasMore = true; hasMore; ) {
    const from = seqs.at(-1) ?? before;
    const page = await bob.client.call("resume", { cursors: [], user_seq: from });
    assert.ok(page.user_entries.length <= 200);
    seqs.push(...page.user_entries.map(({ user_seq: seq }) => seq));
    hasMore = page.has_more;
  }
  const expected = seqs.map((_, index) => before + 1 + index);
  assert.deepEqual(seqs, expected);
  assert.ok(seqs.length >= 400);
  const last = seqs.at(-1);
  await bob.own.expects("block_changed", ({ user_seq: seq }) => seq === last);
  const pushed = bob.own.received.flatMap((message) => message["user_seq"] ?? []);
  assert.deepEqual(pushed, expected);
});
