import { hash } from "node:crypto";
import type { ConversationId } from "@lair-chat/protocol/ids.ts";
import type { EntryKind } from "./log-entry.ts";
import type { Tables } from "./schema/tables.ts";
import { Shelf } from "./shelf.ts";

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
  begin();
  putText("lair-chat log\0");
  putText(conversationId);
  return shelf.latin1(digest());
}

/** The chain behind an entry: SHA-256 over the chain before, the header and the hash of the content. */
export function nextChain(
  before: Uint8Array,
  header: EntryHeader,
  contentHash: Uint8Array,
): Uint8Array {
  begin();
  putBytes(before);
  putHeader(header);
  putBytes(contentHash);
  return shelf.latin1(digest());
}

function putHeader(header: EntryHeader): void {
  putField(header.conversationId);
  putField(header.seq);
  putField(kindSent(header.kind));
  putField(header.messageId);
  putField(header.senderId);
  putField(header.clientId);
  putField(header.createdAt);
}

/** What an entry was when it was appended: only messages are erased. */
function kindSent(kind: EntryKind): EntryKind {
  return kind === "erased" ? "message" : kind;
}

/** What tells a retry from another message under the same client id, and what chains are over. */
export function contentHashOf(kind: EntryKind, payload: Uint8Array): Uint8Array {
  begin();
  putText(kind);
  putText("\0");
  putBytes(payload);
  return Buffer.from(digest(), "latin1");
}

/** Bytes of a checksum: enough to find damage, which is no adversary. */
const checksumBytes = 16;

/** Over a row as it lies, its payload and its chain included. */
export function rowChecksum(row: Omit<EntryRow, "checksum">): Uint8Array {
  const { contentHash, payload } = row;
  const chain = row.chain ?? nothing;
  begin();
  putField(row.conversationId);
  putField(row.seq);
  putField(row.kind);
  putField(row.messageId);
  putField(row.senderId);
  putField(row.senderName);
  putField(row.clientId);
  putField(row.createdAt);
  putField(row.keyId);
  putText(`${chain.length},${contentHash.length},${payload.length};`);
  putBytes(chain);
  putBytes(contentHash);
  putBytes(payload);
  return Buffer.from(digest().slice(0, checksumBytes), "latin1");
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

/*
 * What is hashed is put together in one piece of memory, part by part: strings of them would be several
 * times as much garbage as an entry is long. Nothing is hashed while something else is.
 */

/** Most rows fit. What does not gets memory of its own, which is let go behind it. */
const scratch = Buffer.allocUnsafeSlow(16 * 1024);
/** That one UTF-16 unit becomes in UTF-8, at most. */
const bytesPerUnit = 3;
const lastAscii = 0x7f;
/** Up to here writing characters one by one takes less than handing the text to the system. */
const copiedChars = 40;
let bytes = scratch;
let end = 0;

function begin(): void {
  bytes = scratch;
  end = 0;
}

/** Makes room for so many bytes more. Damage makes texts of any length of what were numbers. */
function reserve(more: number): void {
  if (end + more <= bytes.length) return;
  const larger = Buffer.allocUnsafeSlow((end + more) * 2);
  bytes.copy(larger, 0, 0, end);
  bytes = larger;
}

function putText(text: string): void {
  if (text.length <= copiedChars && putAscii(text)) return;
  reserve(text.length * bytesPerUnit);
  end += bytes.write(text, end);
}

function putBytes(part: Uint8Array): void {
  reserve(part.length);
  bytes.set(part, end);
  end += part.length;
}

/**
 * A text or number with its length in bytes before it, so that two fields can never be read as two
 * others. Damage makes numbers of texts and bytes of both, which have to be told apart from them.
 */
function putField(value: string | number | null): void {
  if (typeof value === "string") putFramed(value);
  else if (typeof value === "number") putText(`#${value},`);
  else putText(value === null ? "-," : "?,");
}

function putFramed(text: string): void {
  const start = end;
  putText(`${text.length}:`);
  if (!putAscii(text)) {
    end = start;
    putText(`${Buffer.byteLength(text)}:`);
    putText(text);
  }
  putText(",");
}

/** Whether it was ASCII, as ids are; the rest is left to be written in another way. */
function putAscii(text: string): boolean {
  reserve(text.length);
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit > lastAscii) return false;
    bytes[end + at] = unit;
  }
  end += text.length;
  return true;
}

/** SHA-256 over what was put together, a character per byte: bytes would be an allocation. */
function digest(): string {
  const all = bytes.subarray(0, end);
  bytes = scratch;
  return hash("sha256", all, "binary");
}

/** For digests that go to another thread. */
const shelf = new Shelf(1024);
