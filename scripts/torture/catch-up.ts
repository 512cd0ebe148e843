import type { MessageTarget } from "@lair-chat/protocol/messages/shapes.ts";
import type { Result } from "@lair-chat/protocol/registry.ts";
import type { Cursors } from "./cursors.ts";
import type { Reply, Session } from "./session.ts";
import { conversationKey, placedEntry } from "./wire-entry.ts";

export interface CatchUpDeps {
  readonly session: Session;
  readonly features: ReadonlySet<string>;
  readonly cursors: Cursors;
  readonly self: string;
  /** The conversations it shows. */
  readonly targets: readonly MessageTarget[];
  /** The log id that this device has seen before. */
  readonly logId: { current: string | undefined };
  /** The server says that its history is another one now. */
  readonly rewound: () => void;
}

/** Brings a device up to date, the way the server offers. @throws LostConnection, ChatError */
export function catchUp(deps: CatchUpDeps): Promise<void> {
  return deps.features.has("resume") ? resume(deps) : readHeads(deps);
}

const logPage = 500;

type CaughtUp = Extract<Result<"resume">["conversations"][number], { readonly head: number }>;

/** By cursors: the server gives what lies behind them, page by page. */
async function resume(deps: CatchUpDeps): Promise<void> {
  const { session, logId } = deps;
  let after: string | null = null;
  let userSeq = 0;
  for (let more = true; more; ) {
    const reply = (await session.call("resume", {
      ...(logId.current === undefined ? {} : { log_id: logId.current }),
      cursors: deps.targets.map((target) => cursorOf(deps, target)),
      user_seq: userSeq,
      ...(after === null ? {} : { after }),
    })) as unknown as Result<"resume">;
    logId.current = reply.log_id;
    if (reply.rewound) deps.rewound();
    for (const page of reply.conversations) if ("head" in page) takePage(deps, page);
    userSeq = reply.user_entries.at(-1)?.user_seq ?? reply.user_head;
    after = reply.next;
    more = reply.has_more;
  }
}

function takePage(deps: CatchUpDeps, page: CaughtUp): void {
  const { cursors, self } = deps;
  const key = conversationKey(page.target, self);
  if (page.rewound === true) deps.rewound();
  // One that nobody named: it is named the next time.
  if (!deps.targets.some((target) => conversationKey(target, self) === key)) return;
  cursors.expect(key, page.head);
  show(cursors, page.entries);
  if (page.chain !== null) cursors.chained(key, page.head, page.chain);
  if (!page.has_more) cursors.caughtUp(key);
}

function cursorOf({ cursors, self }: CatchUpDeps, target: MessageTarget): object {
  const key = conversationKey(target, self);
  const chain = cursors.chainOf(key);
  return { target, seq: cursors.shownOf(key), ...(chain === undefined ? {} : { chain }) };
}

interface ListedConversation {
  readonly kind: "room" | "dm";
  readonly room?: { readonly id: string };
  readonly peer?: { readonly id: string };
  readonly head: number;
}

/** Every conversation of the one who asks, with its head. */
async function listConversations(
  session: Pick<Session, "call">,
): Promise<{ readonly target: MessageTarget; readonly head: number }[]> {
  const all: { target: MessageTarget; head: number }[] = [];
  let after: string | undefined;
  do {
    const page = await session.call("list_conversations", {
      limit: 100,
      ...(after === undefined ? {} : { after }),
    });
    for (const listed of page["conversations"] as readonly ListedConversation[]) {
      all.push({ target: targetOf(listed), head: listed.head });
    }
    after = page["has_more"] === true ? String(page["next"]) : undefined;
  } while (after !== undefined);
  return all;
}

function targetOf({ kind, room, peer }: ListedConversation): MessageTarget {
  return (
    kind === "room"
      ? { type: "room", room_id: room?.id ?? "" }
      : { type: "dm", recipient: peer?.id ?? "" }
  ) as MessageTarget;
}

/** By heads and pages: for servers that know no resume. */
async function readHeads(deps: CatchUpDeps): Promise<void> {
  for (const { target, head } of await listConversations(deps.session)) {
    deps.cursors.expect(conversationKey(target, deps.self), head);
    await fill(deps, target);
  }
}

/** Reads what is missing of one conversation. */
async function fill(deps: CatchUpDeps, target: MessageTarget): Promise<void> {
  const { session, cursors, self } = deps;
  const key = conversationKey(target, self);
  while (cursors.isMissingSome(key)) {
    const after = cursors.shownOf(key);
    const page = await session.call("get_log", { target, after, limit: logPage });
    cursors.expect(key, page["head"] as number);
    show(cursors, page["entries"] as readonly Reply[]);
    // A page that gives nothing though something is missing: the checker will find what that was.
    if (cursors.shownOf(key) === after) return;
  }
  cursors.caughtUp(key);
}

function show(cursors: Cursors, entries: readonly object[]): void {
  for (const event of entries) {
    const placed = placedEntry(event as Reply);
    if (placed !== undefined) cursors.read(placed);
  }
}
