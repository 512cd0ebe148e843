import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { MessageId } from "@lair-chat/protocol/ids.ts";
import { and, desc, eq, gt, inArray, lt, sql } from "drizzle-orm";
import type { Reader, WriteTransaction } from "../../storage/database.ts";
import { rowChecksum } from "../../storage/log-chain.ts";
import type { EntryKind, LogEntry } from "../../storage/log-entry.ts";
import { sealPayload } from "../../storage/payload-seal.ts";
import { preparedRead } from "../../storage/prepared.ts";
import { entryOf, pairOf } from "./entry-row-store.ts";

/*
 * How a message changes after it was stored. Its content lies in one row: its own until it is edited,
 * then that of its newest edit; every other row of it is blank. Rows of the log only ever become
 * shorter: SQLite zeroes what it frees, but not what is left behind when a page overflows and its
 * rows move, so a row that grew would leave copies of its neighbours that no later delete finds.
 */

const blank = new Uint8Array();
const digits = 9;

/** The id of a message's nth change. All of them stand behind the message's own, in their order. */
function changeId(messageId: MessageId, nth: number): MessageId {
  return `${messageId}/${String(nth).padStart(digits, "0")}` as MessageId;
}

/** The id of the message, also where that of a change is given. */
function messageIdOf(id: MessageId): MessageId {
  const [messageId = id] = id.split("/");
  return messageId as MessageId;
}

const at = sql.placeholder;

const newestChange = preparedRead(({ read, tables: { logEntries } }) =>
  read
    .select()
    .from(logEntries)
    .where(and(gt(logEntries.messageId, at("after")), lt(logEntries.messageId, at("before"))))
    .orderBy(desc(logEntries.messageId))
    .limit(1)
    .prepare("newest_change"),
);

async function newestChangeOf(
  reader: Reader,
  { messageId, pair }: LogEntry,
): Promise<LogEntry | undefined> {
  const after = `${messageId}/`;
  const [row] = await newestChange(reader).execute({ after, before: `${after}:` });
  return row && entryOf(reader, row, pair);
}

/** A message as it is now, from the row it was stored in. */
async function asItIs(reader: Reader, stored: LogEntry): Promise<LogEntry> {
  if (!isChanged(stored)) return stored;
  const change = await newestChangeOf(reader, stored);
  if (change === undefined) reader.foundCorrupt?.(stored);
  if (change === undefined || change.isCorrupt === true) return { ...stored, isCorrupt: true };
  return stored.kind === "erased"
    ? { ...stored, deletedBy: change.senderId }
    : { ...stored, payload: change.payload, isEdited: true };
}

/** No message was sent without content, so a blank one has it elsewhere. */
function isChanged({ kind, payload, isCorrupt }: LogEntry): boolean {
  if (isCorrupt === true) return false;
  return kind === "erased" || (kind === "message" && payload.length === 0);
}

/** Entries of one conversation with what became of their messages. */
export async function withChanges(
  reader: Reader,
  entries: readonly LogEntry[],
): Promise<readonly LogEntry[]> {
  if (!entries.some((entry) => isChanged(entry) || isChange(entry))) return entries;
  const subjects = await subjectsOf(reader, entries);
  const complete: LogEntry[] = [];
  for (const entry of entries) {
    const subject = isChange(entry) ? subjects.get(messageIdOf(entry.messageId)) : undefined;
    complete.push(subject === undefined ? await asItIs(reader, entry) : { ...entry, subject });
  }
  return complete;
}

function isChange(entry: LogEntry): entry is LogEntry & { readonly messageId: MessageId } {
  const isKind = entry.kind === "edit" || entry.kind === "delete";
  return isKind && entry.messageId !== null && entry.isCorrupt !== true;
}

/** The messages that entries changed, as they are now. */
async function subjectsOf(
  reader: Reader,
  entries: readonly LogEntry[],
): Promise<ReadonlyMap<MessageId | null, LogEntry>> {
  const subjects = new Map<MessageId | null, LogEntry>();
  const changes = entries.filter(isChange);
  const [first] = changes;
  if (first === undefined) return subjects;
  const { logEntries } = reader.tables;
  const ids = new Set(changes.map(({ messageId }) => messageIdOf(messageId)));
  const rows = await reader.read
    .select()
    .from(logEntries)
    .where(inArray(logEntries.messageId, [...ids]));
  for (const row of rows) {
    subjects.set(row.messageId, await asItIs(reader, entryOf(reader, row, first.pair)));
  }
  return subjects;
}

/**
 * A message as it is now, or what is left of it where it was erased.
 * @throws ChatError `internal_error` where it is damaged
 */
export async function messageById(reader: Reader, id: MessageId): Promise<LogEntry | undefined> {
  const { logEntries } = reader.tables;
  const [row] = await reader.read.select().from(logEntries).where(eq(logEntries.messageId, id));
  if (row === undefined) return undefined;
  const pair = await pairOf(reader, row.conversationId);
  return demandIntact(await asItIs(reader, entryOf(reader, row, pair)));
}

/** An entry that something is to be decided by. @throws ChatError `internal_error` where it is damaged */
export function demandIntact(entry: LogEntry): LogEntry {
  if (entry.isCorrupt !== true) return entry;
  throw new ChatError("internal_error", {
    message: "That message was damaged on the server's disk. Its administrator can restore it.",
  });
}

/**
 * Takes the content out of all rows of a message. Resolves with the id of the change that does this.
 * The hashes of what was there stay: the chain is over them, and a late retry is known by its own.
 */
export async function blankMessage(
  tx: WriteTransaction,
  message: LogEntry & { readonly messageId: MessageId },
  kind: "message" | "erased",
): Promise<MessageId> {
  const { messageId } = message;
  const change = await newestChangeOf(tx, message);
  await blankRow(tx, messageId, kind);
  if (change === undefined || change.messageId === null) return changeId(messageId, 1);
  await blankRow(tx, change.messageId);
  return changeId(messageId, Number(change.messageId.slice(-digits)) + 1);
}

async function blankRow(tx: WriteTransaction, id: MessageId, kind?: EntryKind): Promise<void> {
  const { logEntries } = tx.tables;
  const isIt = eq(logEntries.messageId, id);
  const [row] = await tx.read.select().from(logEntries).where(isIt);
  if (row === undefined) throw new Error(`The message ${id} went away while it was changed.`);
  const nothing = sealPayload(row.conversationId, blank);
  const blanked = { ...row, kind: kind ?? row.kind, ...nothing };
  // One that had none gets none: the row would grow.
  const checksum = row.checksum && rowChecksum(blanked);
  await tx.db
    .update(logEntries)
    .set({ kind: blanked.kind, ...nothing, checksum })
    .where(isIt);
}
