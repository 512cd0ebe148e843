import { limits } from "@lair-chat/protocol/limits.ts";
import type { MessageTarget } from "@lair-chat/protocol/messages/shapes.ts";
import type { Params, Result } from "@lair-chat/protocol/registry.ts";
import type { LogEntry } from "../../storage/log-entry.ts";
import type { UserLogEntry } from "../user-log/user-log-store.ts";
import { asReadFrom, toBase64, toPageEntry } from "./log-rules.ts";
import { fitPage } from "./page-rules.ts";

/** How a catch-up is put together. Pure: no database. */

export type Cursor = Params<"resume">["cursors"][number];
type WireConversation = Result<"resume">["conversations"][number];
type UserLogEntryWire = Result<"resume">["user_entries"][number];

/** What has to be known to judge a cursor. */
export interface CursorFacts {
  readonly cursor: Pick<Cursor, "seq" | "chain">;
  readonly head: number;
  /** Of the entry the cursor names; null where it has none. */
  readonly stored: Uint8Array | null;
  /** Whether the client knows this history, or none yet. */
  readonly isSameLog: boolean;
}

/**
 * Whether a client has something else than what is here. After a restore the same chain at the same
 * place proves that up to there it is the same all the same; without a chain nothing does.
 */
export function isRewound({ cursor, head, stored, isSameLog }: CursorFacts): boolean {
  const { seq, chain = null } = cursor;
  if (seq === 0) return false;
  if (seq > head) return true;
  if (chain !== null && stored !== null) return chain !== toBase64(stored);
  return !isSameLog;
}

/** A conversation as it was found, and what was read of it. */
export interface Found {
  readonly target: MessageTarget;
  /** Undefined for what is gone. */
  readonly head:
    | { readonly seq: number; readonly chain: Uint8Array | null; readonly startsAt: number }
    | undefined;
  /** Behind this the entries begin. */
  readonly from: number;
  readonly isRewound: boolean;
  readonly entries: readonly LogEntry[];
}

export interface FittedCatchUp {
  readonly conversations: WireConversation[];
  readonly userEntries: UserLogEntryWire[];
}

/** Leaves out, from the end, what does not fit into one reply. */
export function fitCatchUp(
  found: readonly Found[],
  userEntries: readonly UserLogEntry[],
): FittedCatchUp {
  const own = userEntries.map(({ seq, event }) => ({ ...event, user_seq: seq }));
  const wired = found.map(({ head, entries }) =>
    entries.map((entry) => toPageEntry(asReadFrom(head?.startsAt ?? 1, entry))),
  );
  const kept = new Set(
    fitPage<object>([...own, ...wired.flat()], false, "first", limits.resumeBytes).items,
  );
  return {
    conversations: found.map((one, index) =>
      toWire(one, wired[index]?.filter((entry) => kept.has(entry)) ?? []),
    ),
    userEntries: own.filter((entry) => kept.has(entry)),
  };
}

function toWire(
  { target, head, from, isRewound: rewound }: Found,
  entries: { type: string; seq: number }[],
): WireConversation {
  if (head === undefined) return { target, gone: true };
  const last = entries.at(-1)?.seq ?? from;
  return {
    target,
    entries,
    head: head.seq,
    chain: head.chain === null ? null : toBase64(head.chain),
    // By the places and not by how many entries there are: what fills a page may be all there is.
    has_more: !rewound && last < head.seq,
    history_starts_at: head.startsAt,
    ...(rewound && { rewound }),
  };
}
