import type { ClientId } from "@lair-chat/protocol/ids.ts";
import { newConversation } from "../store/conversation.ts";
import type {
  Conversation,
  ConversationKey,
  Entry,
  Outgoing,
  SetBack,
  Span,
} from "../store/state.ts";
import { jsonObject } from "./entry-json.ts";
import type { Acked } from "./store-write.ts";

/** How conversations and messages stand in the tables. */

export interface ConversationRow {
  readonly key: ConversationKey;
  readonly title: string;
  readonly facts: string | null;
  readonly head: number;
  readonly chain_seq: number | null;
  readonly chain: string | null;
  readonly read_seq: number;
  readonly server_read_seq: number;
  readonly draft: string;
  readonly joined: number;
  readonly history_starts_at: number | null;
  readonly set_back: string | null;
}

export interface OutboxRow {
  readonly client_id: ClientId;
  readonly key: ConversationKey;
  readonly content: string;
  readonly created_at: number;
  readonly state: "sending" | "failed";
  readonly message: string | null;
}

export interface AckedRow {
  readonly client_id: ClientId;
  readonly seq: number;
  readonly chain: string | null;
  readonly content: string;
  readonly created_at: number;
}

const DRAFT_CHARS = 8_192;
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

/** What the list shows of a conversation beside what has a column of its own. */
type Facts = Pick<
  Conversation,
  "description" | "role" | "isPrivate" | "memberCount" | "settings" | "counted"
>;

export function toConversationRow(conversation: Conversation): ConversationRow {
  const { description, role, isPrivate, memberCount, settings, counted } = conversation;
  return {
    key: conversation.key,
    title: conversation.title,
    facts: JSON.stringify({ description, role, isPrivate, memberCount, settings, counted }),
    head: conversation.head,
    chain_seq: conversation.chain?.seq ?? null,
    chain: conversation.chain?.value ?? null,
    read_seq: conversation.readSeq,
    server_read_seq: conversation.serverReadSeq,
    draft: conversation.draft.slice(0, DRAFT_CHARS),
    joined: conversation.joined ? 1 : 0,
    history_starts_at: conversation.historyStartsAt ?? null,
    set_back: conversation.setBack === undefined ? null : JSON.stringify(conversation.setBack),
  };
}

export interface KeptLog {
  readonly entries: readonly Entry[];
  readonly span: Span;
  readonly reachedStart: boolean;
}

/** @throws DamagedContent */
export function toConversation(row: ConversationRow, log: KeptLog | undefined): Conversation {
  const facts = jsonObject(row.facts ?? "{}") as Partial<Facts>;
  const { chain, chain_seq: chainSeq, set_back: setBack, history_starts_at: startsAt } = row;
  return newConversation({
    ...facts,
    key: row.key,
    title: row.title,
    head: row.head,
    readSeq: row.read_seq,
    serverReadSeq: row.server_read_seq,
    draft: row.draft,
    joined: row.joined !== 0,
    ...(chain !== null && chainSeq !== null && { chain: { seq: chainSeq, value: chain } }),
    ...(startsAt !== null && { historyStartsAt: startsAt }),
    ...(setBack !== null && { setBack: jsonObject(setBack) as unknown as SetBack }),
    ...log,
  });
}

export function toOutgoing(row: OutboxRow, now: number): Outgoing {
  const { client_id: clientId, content, created_at: createdAt } = row;
  return { clientId, content, createdAt, status: statusOf(row, now) };
}

function statusOf({ state, message, created_at }: OutboxRow, now: number): Outgoing["status"] {
  if (state === "failed") return { state: "failed", message: message ?? "" };
  if (now - created_at < WEEK_MS) return { state: "sending" };
  // After so long nobody wants it to go out unasked.
  return {
    state: "failed",
    message: "It could not be sent for a week. Send it again or discard it.",
  };
}

export const toAcked = (row: AckedRow): Acked => ({
  clientId: row.client_id,
  seq: row.seq,
  chain: row.chain ?? undefined,
  content: row.content,
  createdAt: row.created_at,
});
