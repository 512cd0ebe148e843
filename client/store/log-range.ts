import { spanOf, withConversation } from "./conversation.ts";
import { changesBefore, withChanges } from "./message-changes.ts";
import type { Conversation, Entry, MessageChange, Outgoing, Span, State } from "./state.ts";

/** A piece of a log without a hole: what a page of it, or a single event, stands for. */
export interface LogRange extends Span {
  readonly entries: readonly Entry[];
  /** What it says about messages further up, in the order of the log, each with its own seq. */
  readonly changes: readonly LoggedChange[];
  /** True when there is nothing before `from` that we may read. */
  readonly reachedStart: boolean;
}

export interface LoggedChange {
  readonly seq: number;
  readonly change: MessageChange;
}

/**
 * The conversation with a piece of its log put in. What touches or overlaps is joined; a newer piece
 * behind a hole takes the place of what was there, because the older one can be loaded again by
 * paging back; an older one behind a hole is passed over.
 */
export function mergeRange(conversation: Conversation, range: LogRange): Conversation {
  const span = spanOf(conversation);
  if (span !== undefined && range.to < span.from - 1) return withHead(conversation, range.to);
  const isBehindHole = span !== undefined && range.from > span.to + 1;
  const merged =
    span === undefined || isBehindHole ? { ...range } : joined(conversation, span, range);
  const { reachedStart, from, to } = merged;
  if (span !== undefined && from === span.from && to === span.to) {
    return withReachedStart(withHead(conversation, to), reachedStart);
  }
  // A hole may hold a newer change than those that wait: what lies before it is read again later.
  const waiting: Conversation["changes"] = isBehindHole ? new Map() : conversation.changes;
  const changes = changesOf(waiting, span, range);
  return {
    ...conversation,
    entries: withChanges(merged.entries, changes),
    changes: changesBefore(waiting, changes, from),
    span: { from, to },
    reachedStart,
    head: Math.max(conversation.head, to),
    outgoing: stillOutgoing(conversation.outgoing, merged),
  };
}

function joined(conversation: Conversation, span: Span, range: LogRange): LogRange {
  const older = range.entries.filter(({ seq }) => seq < span.from);
  const newer = range.entries.filter(({ seq }) => seq > span.to);
  const reaches = range.reachedStart && range.from <= span.from;
  return {
    from: Math.min(span.from, range.from),
    to: Math.max(span.to, range.to),
    entries: [...older, ...conversation.entries, ...newer],
    changes: range.changes,
    reachedStart: conversation.reachedStart || reaches,
  };
}

/**
 * What is to be changed in the order of the log: what the piece says of older places, what was heard
 * since of messages that were not here yet, and what the piece says of newer places.
 */
function changesOf(
  waiting: Conversation["changes"],
  span: Span | undefined,
  { changes }: LogRange,
): readonly MessageChange[] {
  const from = span?.from ?? 0;
  const to = span?.to ?? 0;
  const older = changes.filter(({ seq }) => seq < from);
  const newer = changes.filter(({ seq }) => seq > to);
  return [
    ...older.map(({ change }) => change),
    ...waiting.values(),
    ...newer.map(({ change }) => change),
  ];
}

function withHead(conversation: Conversation, head: number): Conversation {
  return head > conversation.head ? { ...conversation, head } : conversation;
}

function withReachedStart(conversation: Conversation, reachedStart: boolean): Conversation {
  return conversation.reachedStart === reachedStart
    ? conversation
    : { ...conversation, reachedStart };
}

/** What has arrived in the log is no longer on its way, whether or not its ack has come. */
function stillOutgoing(outgoing: readonly Outgoing[], { entries, to }: LogRange) {
  if (outgoing.length === 0) return outgoing;
  const arrived = new Set<string>();
  for (const entry of entries) {
    if (entry.kind === "message" && entry.clientId !== undefined) arrived.add(entry.clientId);
  }
  return outgoing.filter(({ clientId, status }) => {
    const inLog = status.state === "sent" && status.seq <= to;
    return !inLog && !arrived.has(clientId);
  });
}

/** Forgets what was loaded, so that it is loaded again. */
export function withoutEntries(conversation: Conversation): Conversation {
  const { span: _, ...rest } = conversation;
  return { ...rest, entries: [], reachedStart: false };
}

/** What may be read of the past is not what it was: whether there is more is asked when somebody looks. */
export function withHistoryUnknown(conversation: Conversation): Conversation {
  const { historyStartsAt: _, ...rest } = conversation;
  return { ...rest, reachedStart: spanOf(conversation)?.from === 1 };
}

/** Forgets the oldest entries beyond so many; a little slack spares doing it for every message. */
function trimEntries(conversation: Conversation, keep: number): Conversation {
  const { entries } = conversation;
  if (entries.length <= keep * 1.1) return conversation;
  const newest = entries.slice(-keep);
  const from = newest[0]?.seq ?? 0;
  const to = spanOf(conversation)?.to ?? from;
  return { ...conversation, entries: newest, span: { from, to }, reachedStart: false };
}

export const KEPT_OPEN = 20_000;

/** Entries kept of a conversation; while it is on screen somebody may have paged far back. */
const kept = { open: KEPT_OPEN, other: 5_000 };

/**
 * The state without the oldest entries of what has grown too long. It is for when all of it is on
 * disk: an entry that is changed and forgotten at once would be there as it was before.
 */
export function withoutSurplus(state: State, { open, other } = kept): State {
  let next = state;
  for (const conversation of state.conversations.values()) {
    const isOpen = state.open === conversation.key;
    const trimmed = trimEntries(conversation, isOpen ? open : other);
    if (trimmed !== conversation) next = withConversation(next, trimmed);
  }
  return next;
}
