import assert from "node:assert/strict";
import { after, before as beforeAll, test } from "node:test";
import type { RoomId } from "@lair-chat/protocol/ids.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import type { MessageTarget } from "@lair-chat/protocol/messages/shapes.ts";
import type { Params, Result } from "@lair-chat/protocol/registry.ts";
import { v7 } from "uuid";
import { type Chat, inRoom, type Person, roomOf, startChat, toPerson } from "./chatting.ts";
import { arrive, bringIn, makeRoom, say } from "./room-steps.ts";

let chat: Chat;
let ann: Person;
let bob: Person;

beforeAll(async () => {
  chat = await startChat();
  ({ ann, bob } = await arrive(chat, "ann", "bob"));
});
after(() => chat[Symbol.asyncDispose]());

type Reply = Result<"resume">;
type Caught = Extract<Reply["conversations"][number], { readonly head: number }>;

async function resume(person: Person, params: Partial<Params<"resume">> = {}): Promise<Reply> {
  return person.client.call("resume", { cursors: [], ...params });
}

function caught(reply: Reply, target: MessageTarget): Caught {
  const found = reply.conversations.find(
    (one) => JSON.stringify(one.target) === JSON.stringify(target),
  );
  assert.ok(found !== undefined && "head" in found, JSON.stringify(reply));
  return found;
}

const seqsOf = ({ entries }: Caught) => entries.map(({ seq }) => seq);

test("what stands behind a cursor comes as it was pushed, with the head and its chain", async () => {
  const roomId = await roomOf(ann, bob);
  const target = inRoom(roomId);
  const message = await say(ann, roomId, "one");
  await ann.client.call("edit_message", { message_id: message.id, content: "two" });
  const found = caught(await resume(bob, { cursors: [{ target, seq: 2 }] }), target);
  assert.deepEqual(seqsOf(found), [3, 4]);
  assert.deepEqual(found.entries[1], await bob.client.expects("message_edited"));
  assert.equal(found.head, 4);
  assert.match(found.chain ?? "", /^[A-Za-z0-9+/]{43}=$/);
  assert.equal(found.has_more, false);
  const same = [{ target, seq: 4, chain: found.chain }];
  const again = caught(await resume(bob, { cursors: same }), target);
  assert.deepEqual([again.entries, again.rewound], [[], undefined]);
});

test("an acknowledgement carries the chain that the head has", async () => {
  const roomId = await roomOf(ann);
  const target = inRoom(roomId);
  const client_id = v7() as never;
  const { ack } = await ann.client.call("send_message", { target, content: "hi", client_id });
  const found = caught(await resume(ann, { cursors: [{ target, seq: 0 }] }), target);
  assert.deepEqual([ack?.seq, ack?.chain, ack?.client_id], [2, found.chain, client_id]);
});

test("replies are bounded, and repeated with moved cursors they give everything once", async () => {
  const rooms = [await roomOf(ann, bob), await roomOf(ann, bob), await roomOf(ann, bob)];
  const counts = [300, 230, 90];
  const sends = rooms.flatMap((roomId, index) =>
    Array.from({ length: counts[index] ?? 0 }, (_, number) => {
      // The third room's are so long that their bytes end a page.
      const content = index === 2 ? "x".repeat(4_000) + number : `${number}`;
      return ann.client.call("send_message", { target: inRoom(roomId), content }, 60_000);
    }),
  );
  await Promise.all(sends);
  const got = new Map<RoomId, number[]>(rooms.map((roomId) => [roomId, []]));
  const pages: number[] = [];
  for (let hasMore = true; hasMore; ) {
    const cursors = rooms.map((roomId) => ({
      target: inRoom(roomId),
      seq: got.get(roomId)?.at(-1) ?? 0,
    }));
    const reply = await resume(bob, { cursors });
    hasMore = reply.has_more;
    let size = 0;
    for (const roomId of rooms) {
      const seqs = seqsOf(caught(reply, inRoom(roomId)));
      got.get(roomId)?.push(...seqs);
      size += seqs.length;
    }
    assert.ok(size <= limits.resumeEntries);
    assert.ok(JSON.stringify(reply.conversations).length < limits.resumeBytes + 100_000);
    pages.push(size);
    assert.ok(pages.length < 10, pages.join(" "));
  }
  for (const [index, roomId] of rooms.entries()) {
    const head = (counts[index] ?? 0) + 2;
    assert.deepEqual(
      got.get(roomId),
      Array.from({ length: head }, (_, place) => place + 1),
    );
  }
  assert.equal(pages[0], limits.resumeEntries);
});

test("a room one is out of is gone, as one is that never was", async () => {
  const roomId = await roomOf(ann, bob);
  await bob.client.call("leave_room", { room_id: roomId });
  const targets = [inRoom(roomId), inRoom(v7() as string as RoomId)];
  const { conversations } = await resume(bob, {
    cursors: targets.map((target) => ({ target, seq: 1 })),
  });
  assert.deepEqual(
    conversations.slice(0, 2),
    targets.map((target) => ({ target, gone: true })),
  );
});

test("rooms and people that no cursor names are found, with no entries, page by page", async () => {
  const eve = await chat.register("eve");
  const rooms = await Promise.all(
    Array.from({ length: limits.resumeOthers + 20 }, () => roomOf(eve)),
  );
  await ann.client.call("send_message", { target: toPerson(eve), content: "psst" });
  const named = inRoom(rooms[0] as RoomId);
  const found = new Set<string>();
  let next: string | undefined;
  for (let pages = 0; pages === 0 || next !== undefined; pages += 1) {
    const more = next === undefined ? {} : { after: next };
    const reply = await resume(eve, { cursors: [{ target: named, seq: 1 }], ...more });
    assert.equal(reply.has_more, reply.next !== null);
    for (const one of reply.conversations.slice(1)) {
      assert.ok("head" in one && one.entries.length === 0 && one.head === 1 && !one.has_more);
      const id = JSON.stringify(one.target);
      assert.ok(!found.has(id), "it was listed twice");
      found.add(id);
    }
    next = reply.next ?? undefined;
    assert.ok(pages < 5);
  }
  const expected = [...rooms.slice(1).map(inRoom), toPerson(ann)];
  assert.deepEqual([...found].sort(), expected.map((target) => JSON.stringify(target)).sort());
});

test("who has another history of one conversation is told so there, and the others go on", async () => {
  const [here, there, further] = [await roomOf(ann), await roomOf(ann), await roomOf(ann)];
  for (const roomId of [here, there, further]) await say(ann, roomId, "hi");
  const chain = Buffer.alloc(32).toString("base64");
  const reply = await resume(ann, {
    cursors: [
      { target: inRoom(here), seq: 1, chain },
      { target: inRoom(there), seq: 1 },
      { target: inRoom(further), seq: 9 },
    ],
  });
  assert.equal(reply.rewound, true);
  for (const roomId of [here, further]) {
    const { rewound, entries, has_more } = caught(reply, inRoom(roomId));
    assert.deepEqual([rewound, entries, has_more], [true, [], false]);
  }
  assert.deepEqual(seqsOf(caught(reply, inRoom(there))), [2]);
});

test("another log is a rewound one, except where the chain proves that it is the same so far", async () => {
  const [proven, unproven] = [await roomOf(ann), await roomOf(ann)];
  const { log_id, conversations } = await resume(ann, {
    cursors: [{ target: inRoom(proven), seq: 1 }],
  });
  const [first] = conversations;
  assert.ok(first !== undefined && "head" in first);
  for (const roomId of [proven, unproven]) await say(ann, roomId, "hi");
  const cursors = [
    { target: inRoom(proven), seq: 1, chain: first.chain },
    { target: inRoom(unproven), seq: 1 },
  ];
  const same = await resume(ann, { log_id, cursors });
  assert.equal(same.rewound, false);
  const other = await resume(ann, { log_id: "0".repeat(32), cursors, user_seq: 1 });
  assert.equal(other.rewound, true);
  assert.equal(other.user_rewound, true);
  assert.deepEqual(seqsOf(caught(other, inRoom(proven))), [2]);
  assert.equal(caught(other, inRoom(unproven)).rewound, true);
  assert.equal((await resume(ann, { log_id: null, cursors })).rewound, false);
});

test("of a room that shows what was written since joining, a member gets no more", async () => {
  const roomId = await makeRoom(ann, `room ${v7()}`, { public: false });
  const secret = await say(ann, roomId, "before");
  await bringIn(roomId, ann, bob);
  await ann.client.call("edit_message", { message_id: secret.id, content: "still secret" });
  const target = inRoom(roomId);
  const found = caught(await resume(bob, { cursors: [{ target, seq: 0 }] }), target);
  assert.equal(found.history_starts_at, 3);
  assert.deepEqual(seqsOf(found), [3, 4]);
  assert.ok(!JSON.stringify(found).includes("secret"));
  const own = caught(await resume(ann, { cursors: [{ target, seq: 0 }] }), target);
  assert.deepEqual(seqsOf(own), [1, 2, 3, 4]);
});

test("as many cursors as may be named fit into a request", async () => {
  const chain = Buffer.alloc(32, 255).toString("base64");
  const cursors = Array.from({ length: limits.resumeCursors }, () => ({
    target: inRoom(v7() as string as RoomId),
    seq: Number.MAX_SAFE_INTEGER,
    chain,
  }));
  const { conversations } = await resume(bob, { log_id: "0".repeat(64), cursors });
  const gone = conversations.filter((found) => "gone" in found);
  assert.equal(gone.length, limits.resumeCursors);
  const [one] = cursors;
  assert.ok(one !== undefined);
  const refusal = await bob.client.refusal("resume", { cursors: [...cursors, one] });
  assert.equal(refusal.code, "validation_failed");
});

test("a direct conversation in which nothing was said yet is there and empty", async () => {
  const cleo = await chat.register("cleo");
  const target = toPerson(bob);
  const found = caught(await resume(cleo, { cursors: [{ target, seq: 0 }] }), target);
  assert.deepEqual([found.head, found.entries, found.has_more], [0, [], false]);
  const stranger = { type: "dm", recipient: v7() } as never;
  const { conversations } = await resume(cleo, { cursors: [{ target: stranger, seq: 0 }] });
  assert.deepEqual(conversations, [{ target: stranger, gone: true }]);
});
