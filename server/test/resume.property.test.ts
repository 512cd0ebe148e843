import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { RoomId } from "@lair-chat/protocol/ids.ts";
import fc from "fast-check";
import { ResumingClient, textOf } from "./resuming-client.ts";
import { type Chat, type Person, roomOf, startChat } from "./scenarios/chatting.ts";
import { WireClient } from "./wire-client.ts";

let chat: Chat;
let people: { readonly ann: Person; readonly bob: Person };

before(async () => {
  chat = await startChat();
  people = { ann: await chat.register("ann"), bob: await chat.register("bob") };
});
after(() => chat[Symbol.asyncDispose]());

/** What happens; nothing waits for the sends, so that they fall anywhere in what is around them. */
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record(
      { do: fc.constant("send" as const), count: fc.integer({ min: 1, max: 12 }) },
      { noNullPrototype: true },
    ),
  },
  { weight: 2, arbitrary: fc.constant({ do: "drop" as const }) },
  { weight: 3, arbitrary: fc.constant({ do: "connect" as const }) },
  { weight: 3, arbitrary: fc.constant({ do: "resume" as const }) },
  { weight: 2, arbitrary: fc.constant({ do: "settle" as const }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function run(steps: readonly Step[]): Promise<void> {
  const { ann, bob } = people;
  const roomId = await roomOf(ann, bob);
  const reader = new ResumingClient(() => WireClient.connect({ port: chat.server.tcpPort }));
  const sends: Promise<unknown>[] = [];
  try {
    for (const one of steps) await take(one, { reader, roomId, sends });
    if (!reader.isConnected) await reader.connect(bob.token);
    await Promise.all(sends);
    await reader.resume();
    await reader.settle();
    await check(roomId, reader);
  } finally {
    await Promise.allSettled(sends);
    await reader.drop();
    await bob.client.call("leave_room", { room_id: roomId });
    await ann.client.call("leave_room", { room_id: roomId });
  }
}

interface World {
  readonly reader: ResumingClient;
  readonly roomId: RoomId;
  readonly sends: Promise<unknown>[];
}

async function take(one: Step, { reader, roomId, sends }: World): Promise<void> {
  const { ann, bob } = people;
  const target = { type: "room", room_id: roomId } as const;
  switch (one.do) {
    case "send":
      for (let count = 0; count < one.count; count += 1) {
        const content = `message ${sends.length}`;
        sends.push(ann.client.call("send_message", { target, content }));
      }
      return;
    case "drop":
      return reader.drop();
    case "connect":
      if (!reader.isConnected) await reader.connect(bob.token);
      return;
    case "resume":
      if (reader.isConnected) await reader.resume();
      return;
    case "settle":
      if (reader.isConnected) await reader.settle();
  }
}

/** What the reader has is the log, each entry once and in its place. */
async function check(roomId: RoomId, reader: ResumingClient): Promise<void> {
  const target = { type: "room", room_id: roomId } as const;
  const { entries } = await people.bob.client.call("get_log", { target, after: 0, limit: 500 });
  assert.deepEqual(reader.held.get(roomId)?.entries, entries.map(textOf));
}

test("however sends, lost connections and catch-ups fall together, a reader has each entry once and in order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 14, size: "max" }), run),
    { numRuns: 60 },
  );
});
