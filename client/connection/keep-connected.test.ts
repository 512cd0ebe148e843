import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import fc from "fast-check";
import { manualClock } from "../test/manual-clock.ts";
import { backoffMs } from "./backoff.ts";
import { ConnectionError } from "./connection-error.ts";
import { type Connectivity, keepConnected } from "./keep-connected.ts";
import type { LiveLink } from "./link.ts";

/** A link that ends when the test says so. */
function endlessLink(): LiveLink & { fail(reason: ConnectionError): void } {
  const { promise, resolve } = Promise.withResolvers<ConnectionError>();
  return {
    closed: promise,
    close: resolve,
    fail: resolve,
    call: () => Promise.reject(new ConnectionError("lost", "")),
    say: () => undefined,
    features: new Set<string>(),
  };
}

type Try = LiveLink | Error;

function keeping(tries: Try[], random = () => 1) {
  const clock = manualClock();
  const history: Connectivity[] = [];
  const waiting = new Map<Connectivity["state"], () => void>();
  const opened: boolean[] = [];
  const keeper = keepConnected({
    clock,
    random,
    open: async ({ isFirst }) => {
      opened.push(isFirst);
      const next = tries.shift() ?? new ConnectionError("refused", "here");
      if (next instanceof Error) throw next;
      return next;
    },
    onChange: (now) => {
      history.push(now);
      waiting.get(now.state)?.();
    },
  });
  const becomes = (state: Connectivity["state"]) =>
    new Promise<Connectivity>((resolve) => {
      waiting.set(state, () => resolve(history.at(-1) as Connectivity));
    });
  return { clock, history, keeper, becomes, opened };
}

test("the wait grows from half a second to half a minute, and is spread over all of it", () => {
  const bounds = [0, 1, 2, 5, 6, 50].map((failures) => backoffMs(failures, () => 1));
  assert.deepEqual(bounds, [500, 1000, 2000, 16_000, 30_000, 30_000]);
  fc.assert(
    fc.property(fc.nat(100), fc.double({ min: 0, max: 1, noNaN: true }), (failures, spread) => {
      const ms = backoffMs(failures, () => spread);
      assert.ok(ms >= 0 && ms <= 30_000);
    }),
  );
});

test("it tries again by itself, ever later, and is connected in the end", async () => {
  const link = endlessLink();
  const refused = new ConnectionError("refused", "here");
  const { clock, keeper, becomes, history, opened } = keeping([refused, refused, link]);
  await becomes("offline");
  clock.advance(500);
  await becomes("offline");
  const connected = becomes("connected");
  clock.advance(1000);
  await connected;
  assert.deepEqual(
    history.map((one) => (one.state === "offline" ? one.retryInMs : one.state)),
    ["connecting", 500, "connecting", 1000, "connecting", "connected"],
  );
  assert.deepEqual(opened, [true, true, true]);
  await keeper[Symbol.asyncDispose]();
});

test("after a long time connected it begins with the short wait again", async () => {
  const links = [endlessLink(), endlessLink()] as const;
  const { clock, keeper, becomes, opened } = keeping([...links]);
  await becomes("connected");
  clock.advance(60_000);
  const offline = becomes("offline");
  links[0].fail(new ConnectionError("lost", "here"));
  assert.deepEqual(await offline, {
    state: "offline",
    reason: "The connection to here broke off.",
    retryInMs: 500,
  });
  const connected = becomes("connected");
  clock.advance(500);
  await connected;
  assert.deepEqual(opened, [true, false]);
  await keeper[Symbol.asyncDispose]();
});

test("it stays away as long as the server asked, and a little more", async () => {
  const link = endlessLink();
  const { keeper, becomes } = keeping([link], () => 0.5);
  await becomes("connected");
  const offline = becomes("offline");
  link.fail(new ConnectionError("closed", "here", { reconnectAfter: 4 }));
  const { retryInMs } = (await offline) as { retryInMs: number };
  assert.ok(retryInMs > 4_000 && retryInMs <= 4_500);
  await keeper[Symbol.asyncDispose]();
});

test("the person need not wait", async () => {
  const { keeper, becomes } = keeping([new ConnectionError("refused", "here"), endlessLink()]);
  await becomes("offline");
  const connected = becomes("connected");
  keeper.reconnectNow();
  await connected;
  await keeper[Symbol.asyncDispose]();
});

test("it stops when the session is over, and says why", async () => {
  const { history, becomes, keeper } = keeping([new ChatError("session_expired")]);
  await becomes("session_over");
  assert.deepEqual(history.at(-1), {
    state: "session_over",
    reason: "The session has expired. Sign in again.",
  });
  await keeper[Symbol.asyncDispose]();
});

test("a server that is busy is asked again when it said so", async () => {
  const { becomes, keeper } = keeping([new ChatError("busy", { retryAfter: 7 })], () => 0);
  const offline = await becomes("offline");
  assert.equal(offline.state === "offline" && offline.retryInMs, 7000);
  await keeper[Symbol.asyncDispose]();
});

test("stopping closes the link and asks for no other", async () => {
  const link = endlessLink();
  const { keeper, becomes, opened } = keeping([link]);
  await becomes("connected");
  await keeper[Symbol.asyncDispose]();
  assert.equal((await link.closed).kind, "stopped");
  assert.equal(opened.length, 1);
});

test("a server that is not the right one from the start is not tried again", async () => {
  const { history, becomes, keeper } = keeping([new ConnectionError("noise_key_changed", "here")]);
  const { state } = await becomes("distrusted");
  assert.equal(state, "distrusted");
  await keeper[Symbol.asyncDispose]();
  assert.equal(history.length, 2);
});

test("where the right one was met before, a wrong one in between is only waited for to go", async () => {
  const links = [endlessLink(), endlessLink()] as const;
  const wrong = new ConnectionError("certificate_changed", "here");
  const { clock, keeper, becomes } = keeping([links[0], wrong, links[1]]);
  await becomes("connected");
  const offline = becomes("offline");
  links[0].fail(new ConnectionError("lost", "here"));
  await offline;
  const still = becomes("offline");
  clock.advance(1_000);
  assert.match(((await still) as { reason: string }).reason, /another certificate/);
  const connected = becomes("connected");
  clock.advance(2_000);
  await connected;
  await keeper[Symbol.asyncDispose]();
});
