import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ConversationId, UserId } from "@lair-chat/protocol/ids.ts";
import type { Session } from "../commands/handler.ts";
import { Audiences } from "./audiences.ts";
import type { FrameBatch } from "./frame-batch.ts";
import { OnlineUser } from "./online-users.ts";
import { Turn } from "./turn.ts";

const room = "room" as ConversationId;

function audienceOf(members: number) {
  const heard: FrameBatch[] = [];
  const turn = new Turn({
    onFault: (error) => {
      throw error;
    },
    monotonic: () => 0,
  });
  const audiences = new Audiences({ turn });
  for (let number = 0; number < members; number += 1) {
    const user = new OnlineUser({ userId: `${number}` as UserId, username: "x" } as Session);
    // The first one notes what it hears.
    if (number === 0) {
      user.listeners.add({
        ...{ session: {} as Session, readsPacked: true },
        speaks: () => true,
        sendBatch: (batch) => heard.push(batch),
        end: () => undefined,
        heardAt: () => 0,
        isOf1x: () => false,
      });
    }
    audiences.subscribe(user, room);
  }
  let pushed = 0;
  const push = () => {
    pushed += 1;
    audiences.push(room, { rowText: `[${pushed}]`, eventText: () => "{}" });
  };
  const rows = () =>
    heard.map(({ joined }) => /\[(\[.*\])\]/.exec(Buffer.from(joined).toString())?.[1]);
  return { audiences, push, rows };
}

async function until(isSo: () => boolean): Promise<void> {
  const limit = performance.now() + 10_000;
  while (!isSo()) {
    assert.ok(performance.now() < limit, "not within 10 s");
    await nextTurn();
  }
}

test("what one turn has for an audience is told together at its end", async () => {
  const { push, rows } = audienceOf(10);
  push();
  push();
  await until(() => rows().length === 1);
  push();
  await until(() => rows().length === 2);
  assert.deepEqual(rows(), ["[1],[2]", "[3]"]);
});

test("who joins or leaves hears nothing late and misses nothing", async () => {
  const { audiences, push, rows } = audienceOf(1_000);
  push();
  await until(() => rows().length === 1);
  push();
  audiences.subscribe(new OnlineUser({ userId: "new" as UserId, username: "x" } as Session), room);
  assert.deepEqual(rows(), ["[1]", "[2]"]);
});

test("what waits is told to whoever is about to hear how far it goes", async () => {
  const { audiences, push, rows } = audienceOf(1_000);
  push();
  await until(() => rows().length === 1);
  push();
  const stranger = new OnlineUser({ userId: "new" as UserId, username: "x" } as Session);
  audiences.tellPending(stranger);
  assert.deepEqual(rows(), ["[1]"]);
  const [member] = audiences.usersOf(room);
  assert.ok(member !== undefined);
  audiences.tellPending(member);
  assert.deepEqual(rows(), ["[1]", "[2]"]);
});

test("what waits is told when everybody is told", async () => {
  const { audiences, push, rows } = audienceOf(1_000);
  push();
  await until(() => rows().length === 1);
  push();
  audiences.tellAll();
  assert.deepEqual(rows(), ["[1]", "[2]"]);
});
