import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClientId, RoomId } from "@lair-chat/protocol/ids.ts";
import fc from "fast-check";
import { changeConversation, newConversation, roomKey, spanOf } from "../store/conversation.ts";
import { mergeRange, withoutEntries, withoutSurplus } from "../store/log-range.ts";
import { withAck, withOutgoing, withoutOutgoing } from "../store/outgoing.ts";
import { type Conversation, initialState, type State } from "../store/state.ts";
import { withLocal } from "../store/with-local.ts";
import type { LocalStore } from "./local-store.ts";
import { writeOf } from "./store-write.ts";
import { copyOf, open, place, startTime } from "./test/places.ts";
import { SampleHistory } from "./test/sample-history.ts";

const key = roomKey("00000000-0000-7000-8000-000000000100" as RoomId);
const idOf = (n: number) =>
  `00000000-0000-7000-8000-${(5000 + n).toString().padStart(12, "0")}` as ClientId;

/** A client as far as its log goes: what it shows, what it keeps, and the server behind it. */
class Model {
  readonly history = new SampleHistory();
  state: State = withLobby({ ...initialState });
  saved: State = { ...initialState };
  local: LocalStore;
  sent = 0;
  readonly path: string;

  constructor(path: string) {
    this.path = path;
    this.local = open(path).local;
  }

  get lobby(): Conversation {
    const found = this.state.conversations.get(key);
    assert.ok(found);
    return found;
  }

  change(change: (conversation: Conversation) => Conversation): void {
    this.state = changeConversation(this.state, key, change);
  }

  write(): void {
    this.local.write(writeOf(this.saved, this.state));
    this.saved = this.state;
  }

  /** Fetches all that came since, and all before it. */
  catchUp(): void {
    const to = spanOf(this.lobby)?.to ?? 0;
    if (to < this.history.head) {
      const page = this.history.page(to + 1, this.history.head);
      this.change((conversation) => mergeRange(conversation, page));
    }
  }
}

const withLobby = (state: State): State => ({
  ...state,
  conversations: new Map([[key, newConversation({ key, title: "lobby" })]]),
});

type Step = (model: Model) => void | Promise<void>;

const nat = fc.nat({ max: 1_000 });
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kinds: fc.array(nat, { maxLength: 12 }) }).map(hears) },
  { weight: 2, arbitrary: nat.map(misses) },
  { weight: 2, arbitrary: nat.map(pagesBack) },
  { weight: 1, arbitrary: nat.map(jumps) },
  { weight: 4, arbitrary: fc.constant<Step>((model) => model.write()) },
  { weight: 1, arbitrary: fc.constant<Step>((model) => model.change(withoutEntries)) },
  { weight: 2, arbitrary: fc.constant<Step>(forgets) },
  { weight: 2, arbitrary: fc.constant<Step>(sends) },
  { weight: 2, arbitrary: nat.map(settles) },
  { weight: 1, arbitrary: fc.string().map(writesDraft) },
  { weight: 3, arbitrary: fc.constant<Step>(dies) },
);

function add(history: SampleHistory, kind: number): void {
  const target = 1 + (kind % Math.max(1, history.head));
  const before = history.entries(target, target)[0]?.kind;
  if (kind % 4 === 0 || before !== "message") history.add(kind % 3 === 0 ? "join" : "message");
  else if (kind % 4 === 1) history.add({ edits: target });
  else if (kind % 4 === 2) history.add({ erases: target });
  else history.add("message");
}

/** Events come, one by one. */
function hears({ kinds }: { readonly kinds: readonly number[] }): Step {
  return (model) => {
    for (const kind of kinds) {
      add(model.history, kind);
      const event = model.history.event(model.history.head);
      const to = spanOf(model.lobby)?.to;
      // One behind a hole is not taken: what is missing is fetched.
      if (to !== undefined && event.from > to + 1) model.catchUp();
      else model.change((conversation) => mergeRange(conversation, event));
    }
  };
}

function misses(count: number): Step {
  return ({ history }) => {
    for (let n = 0; n < count % 7; n += 1) add(history, count + n);
  };
}

function pagesBack(size: number): Step {
  return (model) => {
    const from = spanOf(model.lobby)?.from ?? model.history.head + 1;
    if (from <= 1) return;
    const here = model.local.older(key, from);
    const page = here ?? model.history.page(Math.max(1, from - 1 - (size % 9)), from - 1);
    model.change((conversation) => mergeRange(conversation, page));
  };
}

/** Fetches the end of the log and nothing else, as whoever is far behind does. */
function jumps(size: number): Step {
  return (model) => {
    const { head } = model.history;
    const page = model.history.page(Math.max(1, head - (size % 3)), head);
    if (head > 0) model.change((conversation) => mergeRange(conversation, page));
  };
}

/** What is in memory is bounded. */
function forgets(model: Model): void {
  model.write();
  model.state = withoutSurplus(model.state, { open: 10, other: 10 });
}

function sends(model: Model): void {
  model.sent += 1;
  const message = {
    ...{ clientId: idOf(model.sent), content: `own ${model.sent}`, createdAt: startTime },
    status: { state: "sending" },
  } as const;
  model.change((conversation) => withOutgoing(conversation, message));
}

function settles(which: number): Step {
  return (model) => {
    const { outgoing } = model.lobby;
    const message = outgoing[which % Math.max(1, outgoing.length)];
    if (message === undefined) return;
    const { clientId } = message;
    model.change((conversation) =>
      which % 2 === 0
        ? withoutOutgoing(conversation, clientId)
        : withAck(conversation, clientId, { seq: conversation.head + 1_000 }),
    );
  };
}

function writesDraft(draft: string): Step {
  return (model) => model.change((before) => ({ ...before, draft: draft.toWellFormed() }));
}

let copies = 0;

/** The process ends without a word: what is on disk is the last that was written, and it goes on with that. */
async function dies(model: Model): Promise<void> {
  copies += 1;
  const copy = await copyOf(model.path, `${model.path}.${copies}`);
  model.local.close();
  const { local, notices } = open(copy);
  assert.deepEqual(notices, []);
  const { conversations } = local.load();
  assertSame(conversations[0], model.saved.conversations.get(key));
  model.local = local;
  Object.assign(model, { path: copy });
  const loaded = withLocal({ ...initialState }, { conversations, log: undefined });
  model.saved = loaded;
  model.state = loaded.conversations.size === 0 ? withLobby(loaded) : loaded;
}

function assertSame(found: Conversation | undefined, kept: Conversation | undefined): void {
  if (kept === undefined || found === undefined) {
    assert.equal(found, kept);
    return;
  }
  const { from = 0, to } = spanOf(kept) ?? {};
  assert.equal(spanOf(found)?.to, to);
  assert.deepEqual(
    found.entries.filter(({ seq }) => seq >= from),
    kept.entries,
  );
  assert.equal(found.draft, kept.draft);
  assert.deepEqual(
    found.outgoing,
    kept.outgoing.filter(({ status }) => status.state !== "sent"),
  );
}

/** All that is kept, by pages, and from where on: what begins there need not have a line of its own. */
function allKept(model: Model) {
  const entries = [];
  let from: number | undefined;
  for (;;) {
    const page = model.local.older(key, from);
    if (page === undefined) return { entries, from };
    entries.unshift(...page.entries);
    from = page.from;
  }
}

test("whatever is heard, in whatever portions, and whenever the process dies: what is kept is a part of the log", async () => {
  await using here = await place();
  let runs = 0;
  const property = fc.asyncProperty(fc.array(steps, { maxLength: 60 }), async (script) => {
    runs += 1;
    const model = new Model(here.path(`run-${runs}.db`));
    for (const step of script) await step(model);
    await dies(model);
    model.catchUp();
    model.write();
    const { entries, from = 1 } = allKept(model);
    assert.deepEqual(entries, model.history.entries(from));
    model.local.close();
  });
  await fc.assert(property, { numRuns: 100 });
});
