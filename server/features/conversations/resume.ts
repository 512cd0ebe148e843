import { setImmediate as nextTurn } from "node:timers/promises";
import type { ConversationId, UserId } from "@lair-chat/protocol/ids.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import type { Result } from "@lair-chat/protocol/registry.ts";
import type { Handler } from "../../commands/handler.ts";
import { readUserLog, type UserLogPage } from "../user-log/user-log-store.ts";
import type { ConversationsDeps } from "./conversations-deps.ts";
import { leastWireBytes, readLog } from "./log-store.ts";
import { type Cursor, type Found, fitCatchUp, isRewound } from "./resume-rules.ts";
import { chainAt, headsBehind, locate, type ReadableHead } from "./resume-store.ts";

type Deps = Pick<ConversationsDeps, "db">;

/** Entries of a user's own log in one reply. */
const userEntriesAtOnce = 200;
/** Cursors looked at before others get their turn. */
const cursorsPerTurn = 16;

/**
 * The connection hears what is committed since it signed in, and everything here is read after that:
 * what lies between the cursor and the first push is in the reply. What is committed meanwhile may
 * come both ways, in the same place of the log.
 */
export function createResume({ db }: Deps): Handler<"resume"> {
  return async ({ session: { userId } }, params) => {
    const knownLog = params.log_id ?? undefined;
    const isSameLog = knownLog === undefined || knownLog === db.logId;
    const own = await ownLog(db, userId, { seq: params.user_seq, isSameLog });
    const budget = limits.resumeEntries - own.page.entries.length;
    const named = await catchUp(db, userId, { cursors: params.cursors, isSameLog, budget });
    const others = await otherHeads(db, userId, { after: params.after, named: named.ids });
    const fitted = fitCatchUp(named.found, own.page.entries);
    const isAnyRewound = own.isRewound || named.found.some((found) => found.isRewound);
    const userTo = fitted.userEntries.at(-1)?.user_seq ?? own.from;
    return {
      log_id: db.logId,
      rewound: !isSameLog || isAnyRewound,
      conversations: [...fitted.conversations, ...others.conversations],
      next: others.next,
      user_entries: fitted.userEntries,
      user_head: own.page.head,
      user_log_starts_at: own.page.startsAt,
      ...(own.isRewound && { user_rewound: true }),
      has_more:
        others.next !== null ||
        userTo < own.page.head ||
        fitted.conversations.some((one) => "has_more" in one && one.has_more),
    };
  };
}

interface OwnLog {
  readonly page: UserLogPage;
  /** Behind this the entries begin: the head where none were asked for, or none can be given. */
  readonly from: number;
  readonly isRewound: boolean;
}

async function ownLog(
  db: Deps["db"],
  userId: UserId,
  asked: { readonly seq: number | undefined; readonly isSameLog: boolean },
): Promise<OwnLog> {
  const { seq: after, isSameLog } = asked;
  const page = await readUserLog(db, userId, { after, limit: userEntriesAtOnce });
  const rewound = after !== undefined && after > 0 && (!isSameLog || after > page.head);
  if (rewound) return { page: { ...page, entries: [] }, from: page.head, isRewound: true };
  return { page, from: after ?? page.head, isRewound: false };
}

interface CatchUpArgs {
  readonly cursors: readonly Cursor[];
  readonly isSameLog: boolean;
  /** Entries that may be read. */
  readonly budget: number;
}

async function catchUp(db: Deps["db"], userId: UserId, args: CatchUpArgs) {
  const found: Found[] = [];
  const ids = new Set<ConversationId>();
  let { budget } = args;
  let bytes: number = limits.resumeBytes;
  for (const [index, cursor] of args.cursors.entries()) {
    if (index > 0 && index % cursorsPerTurn === 0) await nextTurn();
    const { target } = cursor;
    const head = await locate(db, userId, target);
    if (head === "gone") {
      found.push({ target, head: undefined, from: 0, isRewound: false, entries: [] });
      continue;
    }
    if (head !== "empty") ids.add(head.conversationId);
    const { isSameLog } = args;
    const behind = await entriesBehind(db, cursor, { head, budget, bytes, isSameLog });
    budget -= behind.entries.length;
    bytes = behind.entries.reduce((left, entry) => left - leastWireBytes(entry), bytes);
    found.push(behind);
  }
  return { found, ids };
}

const emptyHead = { seq: 0, chain: null, startsAt: 1 };

async function entriesBehind(
  db: Deps["db"],
  cursor: Cursor,
  args: {
    readonly head: ReadableHead | "empty";
    /** Entries that may be read, and about how many bytes of them, which the last may go beyond. */
    readonly budget: number;
    readonly bytes: number;
    readonly isSameLog: boolean;
  },
): Promise<Found> {
  const { isSameLog, budget, bytes } = args;
  const { target, seq } = cursor;
  if (args.head === "empty") {
    const rewound = isRewound({ cursor, head: 0, stored: null, isSameLog });
    return { target, head: emptyHead, from: 0, isRewound: rewound, entries: [] };
  }
  const { head } = args;
  const stored = await chainOf(db, cursor, head);
  const rewound = isRewound({ cursor, head: head.seq, stored, isSameLog });
  const from = rewound ? 0 : Math.max(seq, head.startsAt - 1);
  if (rewound || from >= head.seq || budget <= 0 || bytes <= 0) {
    return { target, head, from, isRewound: rewound, entries: [] };
  }
  // Not beyond the head: up to there it was looked up that the caller may read it.
  const range = { conversationId: head.conversationId, after: from, before: head.seq + 1 };
  const { entries } = await readLog(db, { ...range, limit: budget, bytes });
  return { target, head, from, isRewound: false, entries };
}

async function chainOf(db: Deps["db"], { seq, chain }: Cursor, head: ReadableHead) {
  if (typeof chain !== "string" || seq === 0 || seq > head.seq) return null;
  return seq === head.seq ? head.chain : chainAt(db, head.conversationId, seq);
}

interface Others {
  readonly conversations: Result<"resume">["conversations"];
  readonly next: string | null;
}

/** What no cursor names: rooms and people that are new to the client. */
async function otherHeads(
  db: Deps["db"],
  userId: UserId,
  {
    after = "",
    named,
  }: { readonly after: string | undefined; readonly named: ReadonlySet<string> },
): Promise<Others> {
  const page = await headsBehind(db, userId, { after, limit: limits.resumeOthers });
  const others = page.heads.filter(({ conversationId }) => !named.has(conversationId));
  const { conversations } = fitCatchUp(others.map(unread), []);
  const last = page.heads.at(-1);
  return {
    conversations,
    next: page.hasMore && last !== undefined ? last.conversationId : null,
  };
}

function unread(head: ReadableHead): Found {
  return { target: head.target, head, from: head.seq, isRewound: false, entries: [] };
}
