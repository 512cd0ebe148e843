import type { Result } from "@lair-chat/protocol/registry.ts";
import { readLogEntry } from "@lair-chat/protocol/validate-incoming.ts";
import { changeConversation } from "./conversation.ts";
import { toLogged } from "./log-entry.ts";
import { type LoggedChange, type LogRange, mergeRange } from "./log-range.ts";
import { withNotice } from "./notices.ts";
import { withPeople } from "./people.ts";
import { withReadMarker } from "./read-marker.ts";
import type { Conversation, ConversationKey, Entry, State } from "./state.ts";

/** What was asked for: the newest page, or the one before or after a seq. */
export type PageBound =
  | { readonly side: "newest" }
  | { readonly side: "before" | "after"; readonly seq: number };

export interface PageReading {
  readonly range: LogRange;
  /** The newest seq there is; there may be more before it than is in the page. */
  readonly head: number;
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
  return { range, broken, head: page.head, historyStartsAt: page.history_starts_at ?? 1 };
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
  const startsAt = page.history_starts_at ?? 1;
  // The head may be newer than the entries: what came in between is in neither.
  const newest = last ?? Math.min(page.head, startsAt - 1);
  const to = bound.side === "before" ? bound.seq - 1 : newest;
  // What is in memory may be older than what may still be read.
  const from = Math.min(startsAt, to + 1);
  if (!page.has_more) return { from, to, reachedStart: true };
  return { from: first ?? to + 1, to, reachedStart: false };
}

/** The conversation with a page of its log. */
export function applyLogPage(
  conversation: Conversation,
  { range, head, historyStartsAt }: Omit<PageReading, "broken">,
): Conversation {
  const merged = mergeRange(conversation, range);
  return { ...merged, historyStartsAt, head: Math.max(merged.head, head) };
}

/** The state with a page of a conversation's log, whoever is named in it, and word of what could not be read. */
export function withLogPage(
  state: State,
  key: ConversationKey,
  { reading, now }: { readonly reading: PageReading; readonly now: number },
): State {
  const { broken, range } = reading;
  const people = range.entries.flatMap((entry) =>
    "author" in entry ? [{ id: entry.authorId, username: entry.author }] : [],
  );
  const reader = { me: state.me?.id, isOpen: state.open === key };
  const next = changeConversation(withPeople(state, people), key, (conversation) =>
    withReadMarker(applyLogPage(conversation, reading), reader),
  );
  if (broken.length === 0) return next;
  const title = state.conversations.get(key)?.title ?? "";
  const text = `${broken.length} entries of "${title}" could not be read by this version of the client.`;
  return withNotice(next, { severity: "warning", text, at: now });
}
