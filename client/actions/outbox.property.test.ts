import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { ClientId, RoomId } from "@lair-chat/protocol/ids.ts";
import type { Params } from "@lair-chat/protocol/registry.ts";
import fc from "fast-check";
import { ConnectionError } from "../connection/connection-error.ts";
import type { LiveLink } from "../connection/link.ts";
import { changeConversation, newConversation, roomKey } from "../store/conversation.ts";
import { createStore } from "../store/create-store.ts";
import { withOutgoing } from "../store/outgoing.ts";
import { initialState, type State } from "../store/state.ts";
import { manualClock } from "../test/manual-clock.ts";
import { LinkSlot } from "./online.ts";
import { Outbox } from "./outbox.ts";

const roomId = (n: number) => `00000000-0000-7000-8000-${(100 + n).toString().padStart(12, "0")}`;
const keys = [1, 2].map((n) => roomKey(roomId(n) as RoomId));
const idOf = (n: number) =>
  `00000000-0000-7000-8000-${(5000 + n).toString().padStart(12, "0")}` as ClientId;

type Send = Params<"send_message">;
/** What the server makes of a message that arrives, where nothing speaks against it. */
type Verdict = "stores" | "refuses for now" | "refuses for good";

interface Answer {
  give(): void;
  lose(): void;
}

/** A server as far as sending goes: it looks at what arrives in the order it arrives. */
class Server {
  readonly logs = new Map<string, ClientId[]>();
  readonly refused = new Set<ClientId>();
  verdicts: Verdict[] = [];
  answers: Answer[] = [];
  most = 0;

  take(send: Send): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const outcome = this.#judge(send);
    this.answers.push({
      give: () => (outcome instanceof ChatError ? reject(outcome) : resolve(outcome)),
      lose: () => reject(new ConnectionError("lost", "")),
    });
    this.most = Math.max(this.most, this.answers.length);
    return promise;
  }

  #judge({ target, client_id: clientId, follows }: Send): ChatError | object {
    assert.ok(target.type === "room" && clientId !== undefined);
    const log = this.logs.get(target.room_id) ?? [];
    this.logs.set(target.room_id, log);
    const known = log.indexOf(clientId);
    if (known >= 0) return ackOf(known + 1);
    const verdict = this.refused.has(clientId) ? "refuses for good" : this.verdicts.shift();
    if (verdict === "refuses for now") return new ChatError("rate_limited", { retryAfter: 1 });
    if (verdict === "refuses for good") {
      this.refused.add(clientId);
      return new ChatError("content_invalid");
    }
    if (follows !== undefined && !log.includes(follows))
      return new ChatError("predecessor_missing");
    return ackOf(log.push(clientId));
  }
}

const ackOf = (seq: number) => ({ message: { seq } });

/** What happens between the outbox and the server. */
type Step =
  | { readonly kind: "writes"; readonly room: number }
  | { readonly kind: "answers"; readonly which: number }
  | { readonly kind: "waits" }
  | { readonly kind: "breaks"; readonly answered: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("writes"), room: fc.nat({ max: 1 }) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("answers"), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("waits") }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("breaks"), answered: fc.nat() }) },
) as fc.Arbitrary<Step>;

const verdict = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Verdict>("stores") },
  { weight: 2, arbitrary: fc.constant<Verdict>("refuses for now") },
  { weight: 1, arbitrary: fc.constant<Verdict>("refuses for good") },
);

const turn = () => new Promise((resolve) => setImmediate(resolve));

async function run(script: readonly Step[], verdicts: readonly Verdict[]) {
  const clock = manualClock();
  const store = createStore<State>({
    ...initialState,
    conversations: new Map(keys.map((key) => [key, newConversation({ key, title: "room" })])),
  });
  const server = new Server();
  server.verdicts = [...verdicts];
  const online = new LinkSlot();
  const outbox = new Outbox({ store, clock, online });
  const connect = (): void => {
    const call = (_name: string, params: Send) => server.take(params);
    online.link = { call, close: () => undefined } as unknown as LiveLink;
    outbox.pump();
  };
  const written = keys.map((): ClientId[] => []);
  let count = 0;
  const acts: { [K in Step["kind"]]: (one: Extract<Step, { kind: K }>) => void } = {
    writes({ room }) {
      count += 1;
      const clientId = idOf(count);
      const message = {
        clientId,
        content: "x",
        createdAt: 0,
        status: { state: "sending" },
      } as const;
      written[room]?.push(clientId);
      store.update((state) =>
        changeConversation(state, keys[room] ?? ("room:x" as never), (one) =>
          withOutgoing(one, message),
        ),
      );
      outbox.release([clientId]);
    },
    answers: ({ which }) =>
      server.answers.splice(which % Math.max(1, server.answers.length), 1)[0]?.give(),
    waits: () => clock.advance(60_000),
    breaks({ answered }) {
      const lost = server.answers.splice(0);
      online.link = undefined;
      for (const [at, answer] of lost.entries()) at < answered % 4 ? answer.give() : answer.lose();
      connect();
    },
  };
  connect();
  for (const one of script) {
    acts[one.kind](one as never);
    await turn();
  }
  // Whatever is left goes through once the server takes everything.
  server.verdicts = [];
  for (let rounds = 0; rounds < 10_000 && server.answers.length + waiting(store) > 0; rounds += 1) {
    server.answers.shift()?.give();
    clock.advance(60_000);
    await turn();
  }
  outbox[Symbol.dispose]();
  return { server, store, written };
}

function waiting(store: { get(): State }): number {
  let count = 0;
  for (const { outgoing } of store.get().conversations.values()) {
    count += outgoing.filter(({ status }) => status.state === "sending").length;
  }
  return count;
}

test("whatever is refused, lost or answered late: all that was written is stored once, in the order it was written", async () => {
  const property = fc.asyncProperty(
    fc.array(step, { maxLength: 80 }),
    fc.array(verdict, { maxLength: 60 }),
    async (script, verdicts) => {
      const { server, store, written } = await run(script, verdicts);
      assert.equal(waiting(store), 0);
      for (const [room, ids] of written.entries()) {
        const stored = server.logs.get(roomId(room + 1)) ?? [];
        assert.deepEqual(
          stored,
          ids.filter((id) => !server.refused.has(id)),
        );
      }
    },
  );
  await fc.assert(property, { numRuns: 200 });
});

test("many messages are under way at once, and fewer than the server takes", async () => {
  const many = Array.from({ length: 100 }, (): Step => ({ kind: "writes", room: 0 }));
  const { server } = await run(many, []);
  assert.equal(server.most, 28);
});
