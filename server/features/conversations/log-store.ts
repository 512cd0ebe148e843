import { setImmediate as nextTurn } from "node:timers/promises";
import type { ConversationId } from "@lair-chat/protocol/ids.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import { and, asc, desc, eq, gt, lt, sql } from "drizzle-orm";
import type { Reader } from "../../storage/database.ts";
import type { LogEntry } from "../../storage/log-entry.ts";
import { preparedRead } from "../../storage/prepared.ts";
import { withChanges } from "./change-store.ts";
import { type EntryRow, entryOf, pairOf } from "./entry-row-store.ts";
import { firstSeqFrom } from "./log-time-store.ts";

const at = sql.placeholder;

/** Entries of one page, and whether there are more in the direction that was asked for. */
export interface LogPage {
  readonly entries: readonly LogEntry[];
  readonly hasMore: boolean;
}

export interface LogRange {
  readonly conversationId: ConversationId;
  /** The first seq that may be read; 1 unless said. */
  readonly startsAt?: number | undefined;
  /** Only entries before this seq. */
  readonly before?: number | undefined;
  /** Only entries behind this seq, the oldest of them first. Without it the newest are given. */
  readonly after?: number | undefined;
  readonly limit: number;
  /** Reading ends with the row that goes beyond about so many bytes of JSON; those of a whole page unless said. */
  readonly bytes?: number | undefined;
}

/** A page of a conversation's log, in ascending seq. */
export async function readLog(reader: Reader, range: LogRange): Promise<LogPage> {
  const { rows, hasMore } = await logRows(reader, range);
  const { entries } = await pageOf(reader, { ...range, limit: rows.length }, rows);
  return { entries: range.after === undefined ? entries.toReversed() : entries, hasMore };
}

/** Rows in one query: few, for those behind the end of a page were read for nothing. */
const rowsAtOnce = 32;
/** What an entry takes on the wire around its payload, at least. */
const wireBytesAround = 200;

/** What an entry will take in a reply, at least: what it was edited to comes on top. */
export function leastWireBytes({ payload }: Pick<EntryRow, "payload">): number {
  // Damage can make a value of another type.
  return wireBytesAround + (payload instanceof Uint8Array ? payload.length : 0);
}

/**
 * The rows of a page, in the direction of reading. Of long messages only about as many as fit into a
 * reply: many readers who catch up at once would otherwise each have a page of rows in memory.
 */
async function logRows(reader: Reader, range: LogRange) {
  const { conversationId, limit, startsAt = 1, bytes = limits.pageBytes } = range;
  const query = range.after === undefined ? newestEntries : oldestEntries;
  let { before = Number.MAX_SAFE_INTEGER } = range;
  let after = Math.max(range.after ?? 0, startsAt - 1);
  const found: EntryRow[] = [];
  let foundBytes = 0;
  while (found.length < limit) {
    // One row too many says whether there are more; a full page does not.
    const wanted = Math.min(rowsAtOnce, limit - found.length);
    const rows = await query(reader).execute({ conversationId, before, after, rows: wanted + 1 });
    const isLast = rows.length <= wanted;
    for (const row of rows.slice(0, wanted)) {
      found.push(row);
      foundBytes += leastWireBytes(row);
      if (foundBytes > bytes) return { rows: found, hasMore: !isLast || row !== rows.at(-1) };
    }
    if (isLast) return { rows: found, hasMore: false };
    const { seq } = found.at(-1) as EntryRow;
    if (range.after === undefined) before = seq;
    else after = seq;
  }
  return { rows: found, hasMore: true };
}

/** A bound of a page of messages: a place in the log, or a time in milliseconds since the epoch. Both exclusive. */
export type MessageBound = { readonly seq: number } | { readonly time: number };

export interface MessageRange {
  readonly conversationId: ConversationId;
  /** As of `LogRange`. */
  readonly startsAt?: number | undefined;
  readonly before?: MessageBound | undefined;
  /** With it the page holds the oldest messages behind it, else the newest. */
  readonly after?: MessageBound | undefined;
  readonly limit: number;
}

/** A page of a conversation's messages, the newest first. Not for transactions: it lets the loop turn. */
export async function readMessages(reader: Reader, range: MessageRange): Promise<LogPage> {
  const { conversationId, startsAt = 1, before, after, limit } = range;
  const { seq: head } = await headOf(reader, conversationId);
  const seqOf = async (bound: MessageBound, tick: 0 | 1) =>
    "seq" in bound
      ? bound.seq
      : (await firstSeqFrom(reader, { conversationId, head }, bound.time + tick)) - tick;
  const gap = {
    conversationId,
    before: Math.min(before === undefined ? head + 1 : await seqOf(before, 0), head + 1),
    after: Math.max(after === undefined ? 0 : await seqOf(after, 1), startsAt - 1),
  };
  const direction = after === undefined ? "backward" : "forward";
  const rows = await messageRows(reader, gap, { direction, rows: limit + 1 });
  const { entries, hasMore } = await pageOf(reader, range, rows);
  return { entries: after === undefined ? entries : entries.toReversed(), hasMore };
}

/** Entries that are looked through before others get their turn: there may be many joins between two messages. */
const entriesPerTurn = 2000;

/** What lies strictly between two places of a log. */
type Gap = Required<Pick<LogRange, "conversationId">> & {
  readonly before: number;
  readonly after: number;
};

async function messageRows(
  reader: Reader,
  gap: Gap,
  wanted: { readonly direction: "forward" | "backward"; readonly rows: number },
): Promise<EntryRow[]> {
  const found: EntryRow[] = [];
  let { after, before } = gap;
  while (true) {
    const rows = wanted.rows - found.length;
    if (wanted.direction === "forward") {
      const end = Math.min(after + entriesPerTurn + 1, before);
      found.push(...(await oldestMessages(reader).execute({ ...gap, after, before: end, rows })));
      after = end - 1;
    } else {
      const start = Math.max(before - entriesPerTurn - 1, after);
      found.push(...(await newestMessages(reader).execute({ ...gap, after: start, before, rows })));
      before = start + 1;
    }
    if (found.length >= wanted.rows || before - after <= 1) return found;
    await nextTurn();
  }
}

const oldestEntries = preparedRead((reader) => pageQuery(reader, asc));
const newestEntries = preparedRead((reader) => pageQuery(reader, desc));
const oldestMessages = preparedRead((reader) => pageQuery(reader, asc, "message"));
const newestMessages = preparedRead((reader) => pageQuery(reader, desc, "message"));

function pageQuery(
  { read, tables: { logEntries } }: Reader,
  order: typeof asc,
  kind?: LogEntry["kind"],
) {
  return read
    .select()
    .from(logEntries)
    .where(
      and(
        eq(logEntries.conversationId, at("conversationId")),
        gt(logEntries.seq, at("after")),
        lt(logEntries.seq, at("before")),
        kind && eq(logEntries.kind, kind),
      ),
    )
    .orderBy(order(logEntries.seq))
    .limit(at("rows"))
    .prepare(`${kind ?? "entry"}_page_${order === asc ? "forward" : "backward"}`);
}

async function pageOf(
  reader: Reader,
  { conversationId, limit }: Pick<LogRange, "conversationId" | "limit">,
  rows: readonly EntryRow[],
): Promise<LogPage> {
  const pair = await pairOf(reader, conversationId);
  const entries = rows.slice(0, limit).map((row) => entryOf(reader, row, pair));
  return { entries: await withChanges(reader, entries), hasMore: rows.length > limit };
}

const headQuery = preparedRead(({ read, tables: { conversations } }) =>
  read
    .select({ seq: conversations.lastSeq, chain: conversations.chain })
    .from(conversations)
    .where(eq(conversations.id, at("conversationId")))
    .prepare("log_head"),
);

/** Where a log ends. */
export interface LogHead {
  /** The newest seq; 0 when there is no entry, or no conversation. */
  readonly seq: number;
  /** The chain of that entry; null where it has none. */
  readonly chain: Uint8Array | null;
}

export async function headOf(reader: Reader, conversationId: ConversationId): Promise<LogHead> {
  const moved = reader.places?.get(conversationId);
  if (moved !== undefined) return moved;
  const [row] = await headQuery(reader).execute({ conversationId });
  return row ?? { seq: 0, chain: null };
}
