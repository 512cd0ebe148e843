import type { Result } from "@lair-chat/protocol/registry.ts";
import { readLogEntry } from "@lair-chat/protocol/validate-incoming.ts";
import { toLogged } from "./log-entry.ts";
import {
  KEPT_OPEN,
  type LoggedChange,
  type LogRange,
  mergeRange,
  trimEntries,
} from "./log-range.ts";
import type { Conversation, Entry } from "./state.ts";

/** What was asked for: the newest page, or the one before or after a seq. */
export type PageBound =
  | { readonly side: "newest" }
  | { readonly side: "before" | "after"; readonly seq: number };

export interface PageReading {
  readonly range: LogRange;
  /** The first seq that we may read. */
  readonly historyStartsAt: number;
  /** Seqs whose entries made no sense: to be told, never to be skipped in silence. */
  readonly broken: readonly number[];
}

/** What a page of `get_log` says about the log, given what was asked for. */
export function readPage(page: Result<"get_log">, bound: PageBound): PageReading {
  const rows = inOrder(page.entries, bound);
  const broken: number[] = [];
  const entries: Entry[] = [];
  const changes: LoggedChange[] = [];
  for (const row of rows) {
    const reading = readLogEntry(row);
    if (reading.kind === "broken") broken.push(row.seq);
    if (reading.kind !== "event") continue;
    const { entry, change } = toLogged(reading.event);
    if (change !== undefined) changes.push({ seq: row.seq, change });
    if (entry !== undefined) entries.push(entry);
  }
  const range = { ...edges(page, rows, bound), entries, changes };
  return { range, broken, historyStartsAt: page.history_starts_at ?? 1 };
}

type Row = Result<"get_log">["entries"][number];

/** Ascending, each once, and within what was asked for: all a page can be joined with. */
function inOrder(rows: readonly Row[], bound: PageBound): readonly Row[] {
  let last = bound.side === "after" ? bound.seq : 0;
  const end = bound.side === "before" ? bound.seq : Number.POSITIVE_INFINITY;
  return rows.filter(({ seq }) => {
    if (seq <= last || seq >= end) return false;
    last = seq;
    return true;
  });
}

/** Where the piece begins and ends; a log of which we may not read the beginning has a first page too. */
function edges(page: Result<"get_log">, rows: readonly Row[], bound: PageBound) {
  const first = rows[0]?.seq;
  const last = rows.at(-1)?.seq;
  if (bound.side === "after") {
    return { from: bound.seq + 1, to: last ?? bound.seq, reachedStart: bound.seq === 0 };
  }
  const to = bound.side === "before" ? bound.seq - 1 : Math.max(page.head, last ?? 0);
  // What is in memory may be older than what may still be read.
  const from = Math.min(page.history_starts_at ?? 1, to + 1);
  if (!page.has_more) return { from, to, reachedStart: true };
  return { from: first ?? to + 1, to, reachedStart: false };
}

/** The conversation with a page of its log. */
export function applyLogPage(
  conversation: Conversation,
  { range, historyStartsAt }: Omit<PageReading, "broken">,
): Conversation {
  const merged = trimEntries(mergeRange(conversation, range), KEPT_OPEN);
  return { ...merged, historyStartsAt };
}
