import { hash } from "node:crypto";
import type { ConversationId } from "@lair-chat/protocol/ids.ts";
import type { EntryKind } from "./log-entry.ts";
import type { Tables } from "./schema/tables.ts";

/*
 * What makes a log one that cannot be changed unseen. Each entry's chain is a hash over the chain
 * before it, over who said it, where and when (the header), and over the hash of its content: two
 * logs with the same chain at one place are the same up to there. The content itself is not in it,
 * so an edit or an erasure leaves it standing. A checksum of its own, over the row as it lies, finds
 * what a disk changed. Pure: no database.
 */

/** A row of the log, as the database has it. */
export type EntryRow = Tables["logEntries"]["$inferSelect"];

/** What of an entry is in its chain. The sender's name is not: it may have to be forgotten one day. */
export type EntryHeader = Pick<
  EntryRow,
  "conversationId" | "seq" | "kind" | "messageId" | "senderId" | "clientId" | "createdAt"
>;

/** The chain in front of a conversation's first entry. */
export function chainStart(conversationId: ConversationId): Uint8Array {
  return shelve(sha256(`lair-chat log\0${conversationId}`));
}

/** The chain behind an entry: SHA-256 over the chain before, the header and the hash of the content. */
export function nextChain(
  before: Uint8Array,
  header: EntryHeader,
  contentHash: Uint8Array,
): Uint8Array {
  return shelve(sha256(before, headerText(header), contentHash));
}

function headerText(header: EntryHeader): string {
  return (
    framed(header.conversationId) +
    framed(header.seq) +
    framed(kindSent(header.kind)) +
    framed(header.messageId) +
    framed(header.senderId) +
    framed(header.clientId) +
    framed(header.createdAt)
  );
}

/** What an entry was when it was appended: only messages are erased. */
function kindSent(kind: EntryKind): EntryKind {
  return kind === "erased" ? "message" : kind;
}

/** What tells a retry from another message under the same client id, and what chains are over. */
export function contentHashOf(kind: EntryKind, payload: Uint8Array): Uint8Array {
  return Buffer.from(sha256(`${kind}\0`, payload), "latin1");
}

/** Bytes of a checksum: enough to find damage, which is no adversary. */
const checksumBytes = 16;

/** Over a row as it lies, its payload and its chain included. */
export function rowChecksum(row: Omit<EntryRow, "checksum">): Uint8Array {
  const fields =
    framed(row.conversationId) +
    framed(row.seq) +
    framed(row.kind) +
    framed(row.messageId) +
    framed(row.senderId) +
    framed(row.senderName) +
    framed(row.clientId) +
    framed(row.createdAt) +
    framed(row.keyId);
  const chain = row.chain ?? nothing;
  const lengths = `${chain.length},${row.contentHash.length},${row.payload.length};`;
  const digest = sha256(fields + lengths, chain, row.contentHash, row.payload);
  return Buffer.from(digest.slice(0, checksumBytes), "latin1");
}

const nothing = new Uint8Array();

/** Whether a row is as it was written. One that is older than checksums is taken at its word. */
export function isIntact({ checksum, ...row }: EntryRow): boolean {
  // Damage can make a value of another type: a database has no types but those of its values.
  const blobs: readonly unknown[] = [row.payload, row.contentHash, row.chain ?? nothing];
  if (!blobs.every((value) => value instanceof Uint8Array)) return false;
  if (checksum === null) return true;
  return checksum instanceof Uint8Array && Buffer.compare(checksum, rowChecksum(row)) === 0;
}

/**
 * A text or number with its length in bytes before it, so that two fields can never be read as two
 * others. Damage makes numbers of texts and bytes of both, which have to be told apart from them.
 */
function framed(value: string | number | null): string {
  if (typeof value === "string") return `${Buffer.byteLength(value)}:${value},`;
  if (typeof value === "number") return `#${value},`;
  return value === null ? "-," : "?,";
}

/** Where what is hashed is put together; most rows fit. Nothing is hashed while something else is. */
const scratch = Buffer.allocUnsafeSlow(16 * 1024);
/** That one UTF-16 unit becomes in UTF-8, at most. */
const bytesPerUnit = 3;

/** SHA-256 over the parts one after the other, a character per byte: bytes would be an allocation each. */
function sha256(...parts: ReadonlyArray<string | Uint8Array>): string {
  const bytes = roomFor(parts);
  let end = 0;
  for (const part of parts) {
    if (typeof part === "string") end += bytes.write(part, end);
    else {
      bytes.set(part, end);
      end += part.length;
    }
  }
  return hash("sha256", bytes.subarray(0, end), "binary");
}

function roomFor(parts: ReadonlyArray<string | Uint8Array>): Buffer {
  let most = 0;
  for (const { length } of parts) most += length * bytesPerUnit;
  return most <= scratch.length ? scratch : Buffer.allocUnsafe(most);
}

const shelfBytes = 1024;
let shelf = Buffer.allocUnsafeSlow(shelfBytes);
let shelved = 0;

/**
 * The bytes of a digest that goes to another thread: together with others, for each piece of memory of
 * its own costs the thread that gets it more than all else of an entry; and not with many, for all of
 * the piece goes along with one of them.
 */
function shelve(digest: string): Uint8Array {
  if (shelved + digest.length > shelfBytes) {
    shelf = Buffer.allocUnsafeSlow(shelfBytes);
    shelved = 0;
  }
  const start = shelved;
  shelved += shelf.write(digest, start, "latin1");
  return shelf.subarray(start, shelved);
}
