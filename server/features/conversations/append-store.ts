import { ChatError } from "@lair-chat/protocol/errors.ts";
import { and, eq, sql } from "drizzle-orm";
import { failPoint } from "../../observability/fail-points.ts";
import type { WriteTransaction } from "../../storage/database.ts";
import { chainStart, contentHashOf, nextChain, rowChecksum } from "../../storage/log-chain.ts";
import type { EntryDraft, LogEntry } from "../../storage/log-entry.ts";
import type { LogPlace } from "../../storage/log-places.ts";
import { sealPayload } from "../../storage/payload-seal.ts";
import { preparedRead, preparedWrite, rowsChanged } from "../../storage/prepared.ts";
import { demandIntact, withChanges } from "./change-store.ts";
import { type EntryRow, entryOf } from "./entry-row-store.ts";

export interface Appended {
  readonly entry: LogEntry;
  /** True when this is a retry: the entry is the one stored then, and is not announced again. */
  readonly repeated: boolean;
}

const at = sql.placeholder;

const entryByClientId = preparedRead(({ read, tables: { logEntries } }) =>
  read
    .select()
    .from(logEntries)
    .where(
      and(
        eq(logEntries.conversationId, at("conversationId")),
        eq(logEntries.senderId, at("senderId")),
        eq(logEntries.clientId, at("clientId")),
      ),
    )
    .prepare("entry_by_client_id"),
);

const lastPlace = preparedRead(({ read, tables: { conversations } }) =>
  read
    .select({
      seq: conversations.lastSeq,
      createdAt: conversations.lastEntryAt,
      chain: conversations.chain,
    })
    .from(conversations)
    .where(eq(conversations.id, at("conversationId")))
    .prepare("last_place_in_log"),
);

const insertEntry = preparedWrite(({ db, tables: { logEntries } }) =>
  db
    .insert(logEntries)
    .values({
      conversationId: at("conversationId"),
      seq: at("seq"),
      kind: at("kind"),
      messageId: at("messageId"),
      senderId: at("senderId"),
      senderName: at("senderName"),
      clientId: at("clientId"),
      contentHash: at("contentHash"),
      payload: at("payload"),
      keyId: at("keyId"),
      createdAt: at("createdAt"),
      chain: at("chain"),
      checksum: at("checksum"),
    })
    .onConflictDoNothing()
    .prepare("insert_entry"),
);

/**
 * Puts an entry at the end of its conversation's log, or finds the one its `clientId` stored before.
 * `admit` says whether a new entry may be stored (by throwing): that does not count for a retry, which
 * must be told what became of it even when it is by somebody who may not write any more.
 * @throws ChatError `id_conflict` when the `clientId` was used for something else
 */
export async function appendEntry(
  tx: WriteTransaction,
  draft: EntryDraft,
  admit?: () => Promise<void>,
): Promise<Appended> {
  const contentHash = contentHashOf(draft.kind, draft.payload);
  const found = await foundBefore(tx, { draft, contentHash }, admit);
  if (found !== undefined) return { entry: found, repeated: true };
  const last = tx.places.get(draft.conversationId) ?? (await readLastPlace(tx, draft));
  const place = placeBehind(last, draft, { now: tx.now, contentHash });
  const inserted = await insertEntry(tx).execute(rowOf(draft, place, contentHash));
  if (rowsChanged(inserted) === 0) {
    return { entry: await demandStored(tx, draft, contentHash), repeated: true };
  }
  tx.places.move(draft.conversationId, place);
  failPoint("appended");
  const { seq, createdAt, chain } = place;
  const entry: LogEntry = { ...draft, seq, createdAt, chain };
  tx.appended(entry);
  return { entry, repeated: false };
}

/**
 * What is looked for before it is tried to be stored: only what could not be stored anyhow. All other
 * retries show by the index of client ids, which is asked with every insert.
 */
async function foundBefore(
  tx: WriteTransaction,
  { draft, contentHash }: { readonly draft: EntryDraft; readonly contentHash: Uint8Array },
  admit: (() => Promise<void>) | undefined,
): Promise<LogEntry | undefined> {
  const found = tx.isReadOnly ? await storedBefore(tx, draft, contentHash) : undefined;
  if (found !== undefined || admit === undefined) return found;
  try {
    await admit();
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    const stored = await storedBefore(tx, draft, contentHash);
    if (stored === undefined) throw error;
    return stored;
  }
  return undefined;
}

/** The entry for which another one was not stored. */
async function demandStored(
  tx: WriteTransaction,
  draft: EntryDraft,
  contentHash: Uint8Array,
): Promise<LogEntry> {
  const stored = await storedBefore(tx, draft, contentHash);
  if (stored !== undefined) return stored;
  throw new Error(`An entry of ${draft.conversationId} has a place or an id that is taken.`);
}

type ChainedPlace = LogPlace & { readonly chain: Uint8Array };

/** The first entry with a chain starts it, whatever older ones are before it. */
function placeBehind(
  last: LogPlace,
  draft: EntryDraft,
  { now, contentHash }: { readonly now: number; readonly contentHash: Uint8Array },
): ChainedPlace {
  const { conversationId, kind, messageId, senderId, clientId } = draft;
  const seq = last.seq + 1;
  const createdAt = Math.max(last.createdAt, now);
  const before = last.chain ?? chainStart(conversationId);
  const header = { conversationId, seq, kind, messageId, senderId, clientId, createdAt };
  return { seq, createdAt, chain: nextChain(before, header, contentHash) };
}

async function readLastPlace(
  tx: WriteTransaction,
  { conversationId }: EntryDraft,
): Promise<LogPlace> {
  const [place] = await lastPlace(tx).execute({ conversationId });
  if (place === undefined) throw new Error(`There is no conversation ${conversationId}.`);
  return place;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function rowOf(draft: EntryDraft, place: ChainedPlace, contentHash: Uint8Array): EntryRow {
  const { conversationId, kind, messageId, senderId, senderName, clientId } = draft;
  const { seq, createdAt, chain } = place;
  const { payload, keyId } = sealPayload(conversationId, draft.payload);
  const row: Mutable<EntryRow> = {
    conversationId,
    seq,
    kind,
    messageId,
    senderId,
    senderName,
    clientId,
    contentHash,
    payload,
    keyId,
    createdAt,
    chain,
    checksum: null,
  };
  row.checksum = rowChecksum(row);
  return row;
}

async function storedBefore(
  tx: WriteTransaction,
  draft: EntryDraft,
  contentHash: Uint8Array,
): Promise<LogEntry | undefined> {
  const { conversationId, senderId, clientId, pair } = draft;
  if (clientId === null) return undefined;
  const [row] = await entryByClientId(tx).execute({ conversationId, senderId, clientId });
  if (row === undefined) return undefined;
  const entry = demandIntact(entryOf(tx, row, pair));
  if (Buffer.compare(row.contentHash, contentHash) !== 0) throw new ChatError("id_conflict");
  const [stored] = await withChanges(tx, [entry]);
  return stored && demandIntact(stored);
}
