import type { ClientId } from "@lair-chat/protocol/ids.ts";
import { spanOf } from "../store/conversation.ts";
import { indexOfSeq } from "../store/message-changes.ts";
import type { Sighting } from "../store/people.ts";
import type {
  Conversation,
  ConversationKey,
  Entry,
  MessageChange,
  Outgoing,
  ServerLog,
  Span,
  State,
} from "../store/state.ts";

/** As much of the state as is kept. */
export type Kept = Pick<State, "conversations" | "log" | "people" | "open">;

/** What has to be written so that the file is what the state is: all of it, or nothing. */
export interface StoreWrite {
  readonly conversations: readonly ConversationWrite[];
  readonly removed: readonly ConversationKey[];
  /** Given where it changed. */
  readonly log: ServerLog | undefined;
  /** New, or under another name. */
  readonly people: readonly Sighting[];
  /** What is on screen, given where that changed. */
  readonly open: { readonly key: ConversationKey | undefined } | undefined;
  /** Whether something is in it that must be on the disk before anything else happens. */
  readonly isDurable: boolean;
}

export interface ConversationWrite {
  readonly conversation: Conversation;
  /** Whether anything beside the log and the outbox changed. */
  readonly isRowChanged: boolean;
  readonly log: LogWrite | undefined;
  readonly outbox: OutboxWrite | undefined;
}

/** What becomes of the entries that are kept. */
export interface LogWrite {
  /** The stretch that is known now; undefined where nothing is. */
  readonly span: Span | undefined;
  readonly reachedStart: boolean;
  /** Whether what is kept is of no use any more, wherever it lies. */
  readonly isReset: boolean;
  /** Whether what was known of the beginning of the history is not so any more. */
  readonly isStartUnknown: boolean;
  /** New, or other than they were. */
  readonly entries: readonly Entry[];
  /** New ones to what lies before the stretch. */
  readonly changes: readonly MessageChange[];
  /** All of the stretch, for where nothing of it is kept. */
  readonly all: readonly Entry[];
}

export interface OutboxWrite {
  readonly put: readonly Outgoing[];
  readonly gone: readonly ClientId[];
  readonly acked: readonly Acked[];
}

/** One of our messages that the server has. */
export interface Acked {
  readonly clientId: ClientId;
  readonly seq: number;
  readonly chain: string | undefined;
  readonly content: string;
  readonly createdAt: number;
}

/** What to write, given what is written already. */
export function writeOf(before: Kept, after: Kept): StoreWrite {
  const conversations: ConversationWrite[] = [];
  for (const conversation of after.conversations.values()) {
    const known = before.conversations.get(conversation.key);
    if (known === conversation) continue;
    const write = conversationWrite(known, conversation);
    if (write !== undefined) conversations.push(write);
  }
  const removed = [...before.conversations.keys()].filter((key) => !after.conversations.has(key));
  return {
    conversations,
    removed,
    log: after.log === before.log ? undefined : after.log,
    people: newNames(before.people, after.people),
    open: after.open === before.open ? undefined : { key: after.open },
    isDurable: conversations.some(({ outbox }) => outbox !== undefined && outbox.put.length > 0),
  };
}

export function isEmpty({ conversations, removed, log, people, open }: StoreWrite): boolean {
  const isSame = log === undefined && open === undefined;
  return isSame && [conversations, removed, people].every(({ length }) => length === 0);
}

function newNames(before: Kept["people"], after: Kept["people"]): readonly Sighting[] {
  if (before === after) return [];
  const news: Sighting[] = [];
  for (const { id, username } of after.values()) {
    if (before.get(id)?.username !== username) news.push({ id, username });
  }
  return news;
}

/** The fields that are written as they are. */
const rowFields = [
  "title",
  "description",
  "role",
  "isPrivate",
  "memberCount",
  "settings",
  "counted",
  "historyStartsAt",
  "head",
  "chain",
  "readSeq",
  "serverReadSeq",
  "draft",
  "joined",
  "setBack",
] as const satisfies readonly (keyof Conversation)[];

function conversationWrite(
  before: Conversation | undefined,
  after: Conversation,
): ConversationWrite | undefined {
  const isRowChanged =
    before === undefined || rowFields.some((field) => before[field] !== after[field]);
  const log = logWrite(before, after);
  const outbox = outboxWrite(before?.outgoing ?? [], after);
  if (!isRowChanged && log === undefined && outbox === undefined) return undefined;
  return { conversation: after, isRowChanged, log, outbox };
}

function logWrite(before: Conversation | undefined, after: Conversation): LogWrite | undefined {
  const span = spanOf(after);
  const known = before && spanOf(before);
  const isReset =
    before !== undefined && before.setBack !== after.setBack && !after.setBack?.isOffered;
  const isStartUnknown =
    before?.historyStartsAt !== undefined && after.historyStartsAt === undefined;
  const isSame =
    before !== undefined &&
    before.entries === after.entries &&
    before.changes === after.changes &&
    before.reachedStart === after.reachedStart &&
    known?.from === span?.from &&
    known?.to === span?.to;
  if (!isReset && !isStartUnknown && (isSame || (known === undefined && span === undefined))) {
    return undefined;
  }
  return {
    span,
    reachedStart: after.reachedStart,
    isReset: isReset || span === undefined,
    isStartUnknown,
    entries: newOrChanged(before?.entries ?? [], after.entries),
    changes: newChanges(before, after),
    all: after.entries,
  };
}

function newOrChanged(before: readonly Entry[], after: readonly Entry[]): readonly Entry[] {
  if (before === after) return [];
  const [first] = after;
  if (first === undefined) return [];
  // Mostly something is added at the end, or at the beginning.
  let index = indexOfSeq(before, first.seq);
  if (index < 0) index = before.findIndex(({ seq }) => seq >= first.seq);
  if (index < 0) return after;
  const news: Entry[] = [];
  for (const entry of after) {
    let known = before[index];
    while (known !== undefined && known.seq < entry.seq) {
      index += 1;
      known = before[index];
    }
    if (known !== entry) news.push(entry);
  }
  return news;
}

function newChanges(before: Conversation | undefined, after: Conversation): MessageChange[] {
  if (before?.changes === after.changes) return [];
  const news: MessageChange[] = [];
  for (const [seq, change] of after.changes) {
    if (before?.changes.get(seq) !== change) news.push(change);
  }
  return news;
}

function outboxWrite(
  before: readonly Outgoing[],
  { outgoing, entries }: Conversation,
): OutboxWrite | undefined {
  if (before === outgoing) return undefined;
  const known = new Map(before.map((message) => [message.clientId, message]));
  const changed = outgoing.filter((message) => known.get(message.clientId) !== message);
  const left = new Set(outgoing.map(({ clientId }) => clientId));
  const gone = before.filter(({ clientId }) => !left.has(clientId));
  const acked = changed.flatMap((message) => ackOf(message));
  const arrived = gone.flatMap((message) => arrivalOf(message, entries));
  if (changed.length === 0 && gone.length === 0) return undefined;
  return {
    put: changed.filter(({ status }) => status.state !== "sent"),
    gone: [...gone, ...changed.filter(({ status }) => status.state === "sent")].map(
      ({ clientId }) => clientId,
    ),
    acked: [...acked, ...arrived],
  };
}

function ackOf({ clientId, content, createdAt, status }: Outgoing): readonly Acked[] {
  if (status.state !== "sent") return [];
  return [{ clientId, content, createdAt, seq: status.seq, chain: status.chain }];
}

/** It left because the log's own copy is here. */
function arrivalOf(message: Outgoing, entries: readonly Entry[]): readonly Acked[] {
  const { clientId, content, createdAt, status } = message;
  if (status.state === "sent") return [];
  const copy = entries.findLast((entry) => entry.kind === "message" && entry.clientId === clientId);
  return copy === undefined
    ? []
    : [{ clientId, content, createdAt, seq: copy.seq, chain: undefined }];
}
