import assert from "node:assert/strict";
import { test } from "node:test";
import type { RoomId } from "@lair-chat/protocol/ids.ts";
import { type Chat, type Person, startChat } from "./scenarios/chatting.ts";
import { arrive, invite, join, makeRoom } from "./scenarios/room-steps.ts";

/** How often each race is run: one that is lost once in a while wants more. RACE_ROUNDS=100 takes a while. */
const rounds = Number(process.env["RACE_ROUNDS"] ?? 20);

/** How many were let through, and what the others were told. */
async function tally(attempts: readonly Promise<unknown>[]) {
  const settled = await Promise.allSettled(attempts);
  const refused = settled.flatMap((one) => (one.status === "rejected" ? [one.reason.code] : []));
  return { done: settled.length - refused.length, told: [...new Set<string>(refused)] };
}

async function crowd(chat: Chat, size: number): Promise<readonly Person[]> {
  const names = Array.from({ length: size }, (_, index) => `person-${index}`);
  const people: Person[] = [];
  // More passwords at once than the server has patience for are turned away.
  for (let next = names.splice(0, 10); next.length > 0; next = names.splice(0, 10)) {
    people.push(...Object.values(await arrive(chat, ...next)));
  }
  return people;
}

/** What there is of a room, by what a member is told in all ways there are. */
async function lookInto({ client }: Person, roomId: RoomId) {
  const { member_count: count } = await client.call("get_room", { room_id: roomId });
  const page = await client.call("get_room_members", { room_id: roomId, limit: 100 });
  const target = { type: "room", room_id: roomId } as const;
  const { entries, head } = await client.call("get_log", { target, after: 0, limit: 500 });
  assert.deepEqual(
    entries.map(({ seq }) => seq),
    Array.from({ length: head }, (_, index) => index + 1),
  );
  assert.equal(page.total, count);
  return {
    count,
    owners: page.members.filter(({ role }) => role === "owner").map(({ user_id: id }) => id),
    joins: entries.filter(({ type }) => type === "user_joined_room").length,
  };
}

test("of two hundred who join a room of fifty places at once, those get in for whom there is a place", async () => {
  await using chat = await startChat();
  const [owner, ...people] = await crowd(chat, 201);
  assert(owner !== undefined);
  for (let round = 0; round < rounds; round += 1) {
    const room = await makeRoom(owner, `fifty ${round}`, { max_members: 50 });
    const { done, told } = await tally(
      people.map(({ client }) => client.call("join_room", { room_id: room })),
    );
    assert.deepEqual([done, told], [49, ["room_full"]]);
    const { count, joins } = await lookInto(owner, room);
    assert.deepEqual([count, joins], [50, 50]);
  }
});

test("of two owners who leave at once, one stays", async () => {
  await using chat = await startChat();
  const { ann, bob, cid } = await arrive(chat, "ann", "bob", "cid");
  for (let round = 0; round < rounds; round += 1) {
    const room = await makeRoom(ann, `two owners ${round}`);
    await join(room, bob, cid);
    const role = { room_id: room, user_id: bob.id, role: "owner" } as const;
    await ann.client.call("update_member_role", role);
    const leaving = [ann, bob].map(({ client }) => client.call("leave_room", { room_id: room }));
    assert.deepEqual(await tally(leaving), { done: 1, told: ["last_owner"] });
    const { count, owners } = await lookInto(cid, room);
    assert.deepEqual([count, owners.length], [2, 1]);
    const listed = await cid.client.call("get_room", { room_id: room });
    assert.equal(listed.room.owner, owners[0]);
  }
});

async function countNamed({ client }: Person, search: string): Promise<number> {
  const page = await client.call("list_rooms", { filter: { search } });
  return page.total_count;
}

test("of a hundred who make a room of the same name at once, one makes it", async () => {
  await using chat = await startChat();
  const people = await crowd(chat, 100);
  const [first] = people;
  assert(first !== undefined);
  for (let round = 0; round < rounds; round += 1) {
    const name = `wanted ${String(round).padStart(3, "0")}`;
    const making = people.map(({ client }, index) =>
      client.call("create_room", { name: index % 2 === 0 ? name : name.toUpperCase() }),
    );
    assert.deepEqual(await tally(making), { done: 1, told: ["room_name_taken"] });
    assert.equal(await countNamed(first, name), 1);
  }
});

test("an invitation that is accepted fifty times at once lets in once", async () => {
  await using chat = await startChat();
  const { ann, bob } = await arrive(chat, "ann", "bob");
  const clients = [bob.client, ...(await Promise.all([bob.connect(), bob.connect()]))];
  for (let round = 0; round < rounds; round += 1) {
    const room = await makeRoom(ann, `invited ${round}`, { public: false });
    const { id } = await invite(ann, room, bob);
    const accepting = Array.from({ length: 50 }, (_, index) => {
      const client = clients[index % clients.length] ?? bob.client;
      return client.call("accept_invitation", { invitation_id: id });
    });
    assert.deepEqual(await tally(accepting), { done: 1, told: ["invitation_used"] });
    const { count, joins } = await lookInto(ann, room);
    assert.deepEqual([count, joins], [2, 2]);
  }
});

test("of fifty invitations of one person at once, one is sent", async () => {
  await using chat = await startChat();
  const { ann, bob } = await arrive(chat, "ann", "bob");
  const clients = [ann.client, await ann.connect()];
  for (let round = 0; round < rounds; round += 1) {
    const room = await makeRoom(ann, `asked ${round}`);
    const inviting = Array.from({ length: 50 }, (_, index) =>
      invite({ client: clients[index % 2] ?? ann.client }, room, bob),
    );
    assert.deepEqual(await tally(inviting), { done: 1, told: ["already_invited"] });
  }
  assert.equal((await bob.client.call("list_invitations", {})).total_count, rounds);
});
