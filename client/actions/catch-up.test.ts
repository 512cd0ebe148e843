import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { UserId } from "@lair-chat/protocol/ids.ts";
import type { AnyEvent } from "@lair-chat/protocol/registry.ts";
import { ConnectionError } from "../connection/connection-error.ts";
import type { LiveLink } from "../connection/link.ts";
import type { Listed } from "../store/apply-conversations.ts";
import { createStore } from "../store/create-store.ts";
import { initialState, type State } from "../store/state.ts";
import { bob, leave, lobby, lobbyKey, theRoom } from "../store/test/sample-log.ts";
import { manualClock } from "../test/manual-clock.ts";
import { CatchUp } from "./catch-up.ts";
import { LogLoader } from "./load-log.ts";
import type { Online } from "./online.ts";
import { Receiver } from "./receive-event.ts";

const me = { id: "ann" as UserId, username: "ann", role: "user" } as const;

/** Catching up over a link whose answers to the lists asked for are given one by one. */
function start(...answers: readonly (() => unknown)[]) {
  const clock = manualClock();
  const about = { server: "chat.example", transport: "tls" } as const;
  const store = createStore<State>({ ...initialState, me: { ...me, ...about } });
  let asked = 0;
  const online = {
    link: { name: "first", features: new Set() } as unknown as LiveLink | undefined,
    async call() {
      const answer = answers[asked];
      asked += 1;
      if (answer === undefined) throw new ConnectionError("not_connected", "");
      return answer();
    },
  };
  const saved = { older: () => undefined };
  const log = new LogLoader({ store, clock, online: online as unknown as Online, saved });
  let done = 0;
  const catchUp = new CatchUp({
    store,
    clock,
    online: online as unknown as Online,
    log,
    resumer: { run: async () => ({ isLogCut: false }) },
    onLogCut: () => undefined,
    onFilled: async () => undefined,
    remembered: () => ({ read: new Map(), drafts: new Map() }),
    onDone: () => {
      done += 1;
    },
  });
  return { catchUp, clock, online, store, log, asked: () => asked, done: () => done };
}

const nothing = () => ({ conversations: [], has_more: false });
const fails = (error: Error) => () => {
  throw error;
};

test("a refused list is asked for again, a minute later at the latest", async () => {
  const tooMuch = new ChatError("rate_limited", { retryAfter: 86_400 });
  const { catchUp, clock, asked, done } = start(fails(tooMuch), nothing, nothing);
  await catchUp.run();
  assert.deepEqual([asked(), done()], [1, 0]);
  clock.advance(59_999);
  assert.equal(asked(), 1);
  clock.advance(1);
  await catchUp.run();
  assert.deepEqual([asked() >= 2, done() > 0], [true, true]);
});

test("a fault in the middle of it does not end catching up for good", async () => {
  const { catchUp, clock, asked } = start(fails(new TypeError("a fault")), nothing, nothing);
  await assert.rejects(catchUp.run(), TypeError);
  clock.advance(2_000);
  assert.equal(asked(), 2, "it was tried again by itself");
  await catchUp.run();
});

const losses: readonly { readonly what: string; readonly event: AnyEvent }[] = [
  {
    what: "deleted",
    event: { type: "room_deleted", room_id: lobby, room_name: "lobby", deleted_by: bob },
  },
  { what: "left", event: leave(1, me.id) },
];
for (const { what, event } of losses) {
  test(`a room that is ${what} while the list is on its way does not come back with it`, async () => {
    const held = Promise.withResolvers<unknown>();
    const listOf = (...conversations: Listed[]) => ({ conversations, has_more: false });
    const before: Listed = {
      ...{ kind: "room", room: theRoom, role: "member", member_count: 2 },
      ...{ head: 0, read_seq: 0, unread_count: 0 },
    };
    const { catchUp, clock, store, log } = start(
      () => listOf(before),
      () => held.promise,
      () => listOf(),
    );
    const receiver = new Receiver({ store, clock, log, catchUp });
    await catchUp.run();
    assert.equal(store.get().conversations.get(lobbyKey)?.joined, true);
    const second = catchUp.run();
    receiver.receive(event);
    held.resolve(listOf(before));
    await second;
    assert.notEqual(store.get().conversations.get(lobbyKey)?.joined, true);
    if (what === "deleted") assert.equal(store.get().conversations.has(lobbyKey), false);
  });
}

test("what a new connection asks for does not wait for the failure of the old one", async () => {
  const held = Promise.withResolvers<unknown>();
  const { catchUp, online, asked, done } = start(() => held.promise, nothing);
  const first = catchUp.run();
  online.link = { name: "second", features: new Set() } as unknown as LiveLink;
  const second = catchUp.run();
  held.reject(new ConnectionError("lost", "chat.example"));
  await Promise.all([first, second]);
  assert.deepEqual([asked(), done()], [2, 1]);
});
