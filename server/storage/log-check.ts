import { chainStart, contentHashOf, type EntryRow, isIntact, nextChain } from "./log-chain.ts";

/** The end of a conversation's log, as the conversation's own row has it. */
export type HeadRow = Pick<EntryRow, "conversationId" | "chain"> & {
  readonly lastSeq: number;
  readonly lastEntryAt: number;
};

/** What is known of a log after some of its entries. */
interface Progress {
  readonly seq: number;
  readonly createdAt: number;
  /** Null as long as all entries are older than chains. */
  readonly chain: Uint8Array | null;
}

const beginning: Progress = { seq: 0, createdAt: 0, chain: null };

/**
 * Holds the entries of one log, in their order, against what a log is: dense, dated in order,
 * unchanged, each chained to the one before. Pure. `problem` is told in words.
 */
export class LogCheck {
  readonly #name: string;
  readonly #problem: (text: string) => void;
  #at = beginning;

  constructor(conversationId: string, problem: (text: string) => void) {
    this.#name = conversationId;
    this.#problem = problem;
  }

  add(row: EntryRow): void {
    const at = `entry ${row.seq} of conversation ${this.#name}`;
    const { seq, createdAt, chain } = this.#at;
    if (row.seq !== seq + 1) this.#problem(`${at} stands behind entry ${seq}`);
    if (row.createdAt < createdAt) this.#problem(`${at} is dated before its predecessor`);
    if (!isIntact(row)) {
      this.#problem(`${at} does not fit its checksum`);
      this.#at = { seq: row.seq, createdAt: row.createdAt, chain: asBytes(row.chain) ?? chain };
      return;
    }
    if (!hasItsContent(row)) this.#problem(`${at} does not fit the hash of its content`);
    if (row.chain === null) {
      if (chain !== null) this.#problem(`${at} has no chain`);
    } else if (!follows(row, row.chain, chain)) this.#problem(`${at} does not fit the chain`);
    this.#at = { seq: row.seq, createdAt: row.createdAt, chain: row.chain ?? chain };
  }

  finish({ lastSeq, lastEntryAt, chain }: HeadRow): void {
    const of = `conversation ${this.#name}`;
    const end = this.#at;
    if (end.seq !== lastSeq) this.#problem(`${of} ends with entry ${end.seq}, not ${lastSeq}`);
    else if (!same(end.chain, chain)) this.#problem(`${of} has another chain than its last entry`);
    if (end.seq > 0 && end.createdAt !== lastEntryAt) {
      this.#problem(`${of} has another date than its last entry`);
    }
  }
}

function follows(row: EntryRow, chain: Uint8Array, before: Uint8Array | null): boolean {
  const start = before ?? chainStart(row.conversationId);
  return Buffer.compare(chain, nextChain(start, row, row.contentHash)) === 0;
}

const notSealed = 0;

/** What was taken out can't be held against its hash, and what is sealed not without its key. */
function hasItsContent({ kind, payload, keyId, contentHash }: EntryRow): boolean {
  if (payload.length === 0 || keyId !== notSealed) return true;
  return Buffer.compare(contentHash, contentHashOf(kind, payload)) === 0;
}

function asBytes(value: unknown): Uint8Array | null {
  return value instanceof Uint8Array ? value : null;
}

function same(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a === null || b === null ? a === b : Buffer.compare(a, b) === 0;
}
