import type { ConversationId, UserId } from "@lair-chat/protocol/ids.ts";
import type { MessageTarget } from "@lair-chat/protocol/messages/shapes.ts";
import { and, asc, eq, gt, sql } from "drizzle-orm";
import { historyStart } from "../../rights/history.ts";
import type { Reader } from "../../storage/database.ts";
import { conversationOfRoom } from "../../storage/log-entry.ts";
import { preparedRead } from "../../storage/prepared.ts";
import { userById } from "../users/user-store.ts";
import { directConversation } from "./conversation-store.ts";
import { entryOf } from "./entry-row-store.ts";
import { targetFor } from "./log-rules.ts";

/** A conversation of somebody, and how far its log goes. */
export interface ReadableHead {
  readonly conversationId: ConversationId;
  readonly target: MessageTarget;
  readonly seq: number;
  readonly chain: Uint8Array | null;
  /** The first entry that this member may read. */
  readonly startsAt: number;
}

const at = sql.placeholder;

function headColumns({ conversations, directConversations: pairs, rooms, members }: Tables) {
  return {
    conversationId: conversations.id,
    seq: conversations.lastSeq,
    chain: conversations.chain,
    low: pairs.lowUserId,
    high: pairs.highUserId,
    history: rooms.history,
    joinedSeq: members.joinedSeq,
  };
}

type Tables = Reader["tables"];

/** Membership and head by one statement: what is read up to that head was for this member to read. */
const oneHead = preparedRead(({ read, tables }) => {
  const { members, conversations, rooms, directConversations: pairs } = tables;
  const isIt = and(
    eq(members.conversationId, at("conversationId")),
    eq(members.userId, at("userId")),
  );
  return read
    .select(headColumns(tables))
    .from(members)
    .innerJoin(conversations, eq(conversations.id, members.conversationId))
    .leftJoin(pairs, eq(pairs.id, members.conversationId))
    .leftJoin(rooms, eq(rooms.id, members.conversationId))
    .where(isIt)
    .prepare("readable_head");
});

const manyHeads = preparedRead(({ read, tables }) => {
  const { members, conversations, rooms, directConversations: pairs } = tables;
  const areThey = and(eq(members.userId, at("userId")), gt(members.conversationId, at("after")));
  return read
    .select(headColumns(tables))
    .from(members)
    .innerJoin(conversations, eq(conversations.id, members.conversationId))
    .leftJoin(pairs, eq(pairs.id, members.conversationId))
    .leftJoin(rooms, eq(rooms.id, members.conversationId))
    .where(areThey)
    .orderBy(asc(members.conversationId))
    .limit(at("rows"))
    .prepare("readable_heads");
});

type HeadRow = Awaited<ReturnType<ReturnType<typeof oneHead>["execute"]>>[number];

function headOfRow(userId: UserId, row: HeadRow): ReadableHead {
  const { conversationId, seq, chain, low, high, history, joinedSeq } = row;
  const pair = low === null || high === null ? undefined : ([low, high] as const);
  const target = targetFor(userId, conversationId, pair);
  // A direct conversation is not a room, and has no such setting.
  const startsAt = historyStart(history ?? "shared", joinedSeq);
  return { conversationId, target, seq, chain, startsAt };
}

/** What a target is to somebody: `empty` is a direct conversation in which nothing was said yet. */
export type Located = ReadableHead | "empty" | "gone";

export async function locate(
  reader: Reader,
  userId: UserId,
  target: MessageTarget,
): Promise<Located> {
  const conversationId =
    target.type === "room"
      ? conversationOfRoom(target.room_id)
      : await directConversation(reader, userId, target.recipient);
  if (conversationId === undefined) return nothingSaid(reader, userId, target);
  const [row] = await oneHead(reader).execute({ conversationId, userId });
  return row === undefined ? "gone" : headOfRow(userId, row);
}

async function nothingSaid(
  reader: Reader,
  userId: UserId,
  target: MessageTarget,
): Promise<"empty" | "gone"> {
  if (target.type === "room" || target.recipient === userId) return "gone";
  return (await userById(reader, target.recipient)) === undefined ? "gone" : "empty";
}

export interface HeadPage {
  readonly heads: readonly ReadableHead[];
  readonly hasMore: boolean;
}

/** The conversations of a user behind an id, in the order of their ids. */
export async function headsBehind(
  reader: Reader,
  userId: UserId,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<HeadPage> {
  const rows = await manyHeads(reader).execute({ userId, after, rows: limit + 1 });
  return {
    heads: rows.slice(0, limit).map((row) => headOfRow(userId, row)),
    hasMore: rows.length > limit,
  };
}

/** Conversations of one query: the rest comes with the next. */
const headsAtOnce = 1_000;

/** All conversations of a user. */
export async function allHeads(reader: Reader, userId: UserId): Promise<readonly ReadableHead[]> {
  const all: ReadableHead[] = [];
  let after = "";
  for (;;) {
    const page = await headsBehind(reader, userId, { after, limit: headsAtOnce });
    all.push(...page.heads);
    const last = page.heads.at(-1);
    if (!page.hasMore || last === undefined) return all;
    after = last.conversationId;
  }
}

const chainQuery = preparedRead(({ read, tables: { logEntries } }) =>
  read
    .select()
    .from(logEntries)
    .where(and(eq(logEntries.conversationId, at("conversationId")), eq(logEntries.seq, at("seq"))))
    .prepare("chain_at"),
);

/** The chain of an entry; null where it has none, is damaged, or is not there any more: that proves nothing. */
export async function chainAt(
  reader: Reader,
  conversationId: ConversationId,
  seq: number,
): Promise<Uint8Array | null> {
  const [row] = await chainQuery(reader).execute({ conversationId, seq });
  return row === undefined ? null : entryOf(reader, row, undefined).chain;
}
