import type { UserId } from "@lair-chat/protocol/ids.ts";
import { newConversation } from "../store/conversation.ts";
import type { LogRange } from "../store/log-range.ts";
import { changed } from "../store/message-changes.ts";
import type { Sighting } from "../store/people.ts";
import type { Conversation, ConversationKey, Entry, MessageChange, Span } from "../store/state.ts";
import { entryFromJson, entryToJson } from "./entry-json.ts";
import type { Loaded, Moved } from "./loaded.ts";
import { type Connection, setSynchronous } from "./open-file-store.ts";
import {
  type AckedRow,
  type ConversationRow,
  type KeptLog,
  type OutboxRow,
  toAcked,
  toConversation,
  toConversationRow,
  toOutgoing,
} from "./rows.ts";
import { prepareAll, type Statements } from "./statements-store.ts";
import type { Acked, ConversationWrite, LogWrite, OutboxWrite, StoreWrite } from "./store-write.ts";

interface KeptSpan extends Span {
  readonly reachedStart: boolean;
}
type Spans = Map<ConversationKey, KeptSpan | undefined>;

const LOADED = 200;
const LOADED_TOTAL = 20_000;
const LOADED_LEAST = 5;
const PAGE = 200;
/** Places of the log of one conversation; what is older is asked of the server. */
const KEPT_PLACES = 50_000;
const ACKED_MS = 30 * 24 * 60 * 60 * 1000;
const ACKED = 5_000;
/** Names that are missing are asked for again. */
const PEOPLE = 10_000;

/** What stands in an open file. Throws what the driver throws, and DamagedContent. */
export class FileContent {
  readonly #connection: Connection;
  readonly #run: Statements;
  readonly #userId: UserId;
  readonly #now: () => number;
  readonly #spans: Spans = new Map();
  #ackedSince = 0;

  constructor(connection: Connection, who: { readonly userId: UserId; now(): number }) {
    this.#connection = connection;
    this.#run = prepareAll(connection);
    this.#userId = who.userId;
    this.#now = who.now;
    for (const row of this.#run.spans.all() as SpanRow[]) {
      const { key, first: from, last: to, reached_start: reached } = row;
      this.#spans.set(key, { from, to, reachedStart: reached !== 0 });
    }
  }

  /** Whose file it is; ours, if it is a new one. */
  owner(): string {
    return this.#meta("user_id") ?? this.#userId;
  }

  close(): void {
    this.#connection.close();
  }

  load(): Omit<Loaded, "notices"> {
    this.#transact("NORMAL", () => this.#forgetOld());
    const rows = this.#run.conversations.all() as ConversationRow[];
    const each = Math.max(
      LOADED_LEAST,
      Math.min(LOADED, Math.floor(LOADED_TOTAL / (rows.length + 1))),
    );
    const conversations = new Map<ConversationKey, Conversation>();
    const read = new Map<ConversationKey, number>();
    const drafts = new Map<ConversationKey, string>();
    for (const row of rows) {
      const { key, facts } = row;
      if (facts !== null) conversations.set(key, toConversation(row, this.#newest(key, each)));
      else {
        read.set(key, row.read_seq);
        if (row.draft !== "") drafts.set(key, row.draft);
      }
    }
    this.#loadOutbox(conversations);
    const people = this.#run.people.all() as Sighting[];
    const known = this.#meta("open") as ConversationKey | undefined;
    const open = known !== undefined && conversations.has(known) ? known : undefined;
    const log = this.#log();
    return { conversations: [...conversations.values()], log, people, open, read, drafts };
  }

  older(key: ConversationKey, before: number | undefined, limit = PAGE): LogRange | undefined {
    const span = this.#spans.get(key);
    if (span === undefined) return undefined;
    const to = before === undefined ? span.to : before - 1;
    if (to < span.from || to > span.to) return undefined;
    const rows = this.#run.entriesUpTo.all(key, to, span.from, limit) as EntryRow[];
    const from = rows.length < limit ? span.from : (rows.at(-1)?.seq ?? span.from);
    const entries = rows.reverse().map(({ entry }) => entryFromJson(entry));
    const reachedStart = from === span.from && span.reachedStart;
    return { from, to, entries, changes: [], reachedStart };
  }

  acked(key: ConversationKey): readonly Acked[] {
    return (this.#run.acked.all(key, this.#now() - ACKED_MS) as AckedRow[]).map(toAcked);
  }

  write(write: StoreWrite): void {
    // What is only fetched again when it is lost need not wait for the disk.
    const spans: Spans = new Map();
    this.#transact(write.isDurable ? "FULL" : "NORMAL", () => {
      for (const key of write.removed) this.#removeConversation(key, spans);
      for (const one of write.conversations) this.#writeConversation(one, spans);
      for (const { id, username } of write.people) this.#run.putPerson.run(id, username);
      if (write.open !== undefined) this.#writeOpen(write.open.key);
      if (write.log !== undefined) {
        this.#run.putMeta.run("log_id", write.log.id);
        this.#run.putMeta.run("user_seq", String(write.log.userSeq));
      }
    });
    for (const [key, span] of spans) this.#spans.set(key, span);
  }

  /** Once in the life of a file. */
  moveIn({ read, drafts, outgoing }: Moved): void {
    if (this.#meta("user_id") !== undefined) return;
    this.#transact("FULL", () => {
      const unsent = new Map(outgoing.map(({ key, title }) => [key, title]));
      for (const key of new Set([...read.keys(), ...drafts.keys(), ...unsent.keys()])) {
        const title = unsent.get(key);
        const known = { readSeq: read.get(key) ?? 0, draft: drafts.get(key) ?? "" };
        const row = toConversationRow(bare(key, title ?? "", known));
        this.#run.putConversation.run(title === undefined ? { ...row, facts: null } : row);
      }
      for (const { clientId, key, content, createdAt, failed } of outgoing) {
        const state = failed === undefined ? "sending" : "failed";
        this.#run.putOutgoing.run(clientId, key, content, createdAt, state, failed ?? null);
      }
      this.#run.putMeta.run("user_id", this.#userId);
    });
  }

  #meta(name: string): string | undefined {
    return (this.#run.readMeta.get(name) as { value: string } | undefined)?.value;
  }

  #log(): Loaded["log"] {
    const id = this.#meta("log_id");
    return id === undefined ? undefined : { id, userSeq: Number(this.#meta("user_seq") ?? 0) };
  }

  #transact(level: "FULL" | "NORMAL", work: () => void): void {
    setSynchronous(this.#connection, level);
    this.#connection.transaction(work).immediate();
  }

  #newest(key: ConversationKey, limit: number): KeptLog | undefined {
    const range = this.older(key, undefined, limit);
    if (range === undefined) return undefined;
    const { from, to, entries, reachedStart } = range;
    return { entries, span: { from, to }, reachedStart };
  }

  #loadOutbox(conversations: Map<ConversationKey, Conversation>): void {
    const now = this.#now();
    for (const row of this.#run.outbox.all() as OutboxRow[]) {
      const before = conversations.get(row.key) ?? bare(row.key, "…", {});
      const outgoing = [...before.outgoing, toOutgoing(row, now)];
      conversations.set(row.key, { ...before, outgoing });
    }
    // Readable until it is closed, and nobody has it open now.
    for (const { key, joined, outgoing } of conversations.values()) {
      if (!joined && outgoing.length === 0) conversations.delete(key);
    }
  }

  #forgetOld(): void {
    this.#run.forgetAcked.run(this.#now() - ACKED_MS, ACKED);
    this.#run.forgetPeople.run(PEOPLE);
    for (const [key, span] of this.#spans) {
      if (span === undefined || span.to - span.from < KEPT_PLACES * 1.1) continue;
      const from = span.to - KEPT_PLACES;
      this.#run.removeEntriesBefore.run(key, from);
      this.#putSpan(key, { from, to: span.to, reachedStart: false }, this.#spans);
    }
  }

  #writeOpen(key: ConversationKey | undefined): void {
    if (key === undefined) this.#run.removeMeta.run("open");
    else this.#run.putMeta.run("open", key);
  }

  #removeConversation(key: ConversationKey, spans: Spans): void {
    this.#run.removeConversation.run(key);
    this.#run.removeOutbox.run(key);
    this.#run.removeAckedOf.run(key);
    this.#removeLog(key, spans);
  }

  #writeConversation(write: ConversationWrite, spans: Spans): void {
    const { conversation, isRowChanged, log, outbox } = write;
    const { key } = conversation;
    if (isRowChanged) this.#run.putConversation.run(toConversationRow(conversation));
    if (log !== undefined) this.#writeLog(key, log, spans);
    if (outbox !== undefined) this.#writeOutbox(key, outbox);
  }

  #writeLog(key: ConversationKey, log: LogWrite, spans: Spans): void {
    const { span } = log;
    const kept = log.isReset ? undefined : this.#spans.get(key);
    const isJoined = kept !== undefined && span !== undefined && touch(kept, span);
    if (!isJoined) this.#removeLog(key, spans);
    if (span === undefined) return;
    if (!isJoined) {
      this.#putEntries(key, log.all);
      this.#putSpan(key, { ...span, reachedStart: log.reachedStart }, spans);
      return;
    }
    this.#putEntries(key, log.entries);
    for (const change of log.changes) this.#change(key, change);
    this.#putSpan(key, grown(kept, span, log), spans);
  }

  #putEntries(key: ConversationKey, entries: readonly Entry[]): void {
    for (const entry of entries) this.#run.putEntry.run(key, entry.seq, entryToJson(entry));
  }

  /** To what the state does not hold any more. */
  #change(key: ConversationKey, change: MessageChange): void {
    const row = this.#run.readEntry.get(key, change.messageSeq) as EntryRow | undefined;
    if (row === undefined) return;
    const before = entryFromJson(row.entry);
    if (before.kind !== "message") return;
    this.#putEntries(key, [changed(before, change)]);
  }

  #removeLog(key: ConversationKey, spans: Spans): void {
    this.#run.removeEntries.run(key);
    this.#run.removeSpan.run(key);
    spans.set(key, undefined);
  }

  #putSpan(key: ConversationKey, span: KeptSpan, spans: Spans): void {
    this.#run.putSpan.run(key, span.from, span.to, span.reachedStart ? 1 : 0);
    spans.set(key, span);
  }

  #writeOutbox(key: ConversationKey, { put, gone, acked }: OutboxWrite): void {
    const { removeOutgoing, putOutgoing, removeAcked, putAcked } = this.#run;
    for (const clientId of gone) removeOutgoing.run(clientId);
    for (const { clientId, content, createdAt, status } of put) {
      const message = status.state === "failed" ? status.message : null;
      putOutgoing.run(clientId, key, content, createdAt, status.state, message);
      // It is offered again: the server lost it.
      removeAcked.run(clientId);
    }
    for (const { clientId, seq, chain, content, createdAt } of acked) {
      putAcked.run(clientId, key, seq, chain ?? null, content, createdAt, this.#now());
    }
    this.#ackedSince += acked.length;
    if (this.#ackedSince < ACKED / 10) return;
    this.#ackedSince = 0;
    this.#run.forgetAcked.run(this.#now() - ACKED_MS, ACKED);
  }
}

interface SpanRow {
  readonly key: ConversationKey;
  readonly first: number;
  readonly last: number;
  readonly reached_start: number;
}

interface EntryRow {
  readonly seq: number;
  readonly entry: string;
}

const bare = (
  key: ConversationKey,
  title: string,
  known: Partial<Pick<Conversation, "readSeq" | "draft">>,
): Conversation => newConversation({ key, title, ...known });

const touch = (a: Span, b: Span): boolean => b.from <= a.to + 1 && b.to >= a.from - 1;

function grown(kept: KeptSpan, span: Span, log: LogWrite): KeptSpan {
  const from = Math.min(kept.from, span.from);
  const to = Math.max(kept.to, span.to);
  if (span.from <= kept.from) return { from, to, reachedStart: log.reachedStart };
  return { from, to, reachedStart: kept.reachedStart && (!log.isStartUnknown || from === 1) };
}
