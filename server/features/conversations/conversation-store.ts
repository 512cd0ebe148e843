import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { ConversationId, UserId } from "@lair-chat/protocol/ids.ts";
import type { RoomRole } from "@lair-chat/protocol/messages/shapes.ts";
import { and, asc, eq, gt, inArray, or, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Reader, WriteTransaction } from "../../storage/database.ts";
import { preparedRead } from "../../storage/prepared.ts";
import { readUpTo } from "./unread-store.ts";

const at = sql.placeholder;

const roleQuery = preparedRead(({ read, tables: { members } }) =>
  read
    .select({ role: members.role })
    .from(members)
    .where(and(eq(members.conversationId, at("conversationId")), eq(members.userId, at("userId"))))
    .prepare("role_in"),
);

/** What a user is in a conversation; undefined for one who is not in it. */
export async function roleIn(
  reader: Reader,
  conversationId: ConversationId,
  userId: UserId,
): Promise<RoomRole | undefined> {
  const [row] = await roleQuery(reader).execute({ conversationId, userId });
  return row?.role;
}

/** Every conversation a user is in: what its connections listen to. */
export async function conversationIdsOf(
  { read, tables: { members } }: Reader,
  userId: UserId,
): Promise<readonly ConversationId[]> {
  const rows = await read
    .select({ id: members.conversationId })
    .from(members)
    .where(eq(members.userId, userId));
  return rows.map((row) => row.id);
}

/** Everybody who is in a conversation. */
export async function memberIdsOf(
  { read, tables: { members } }: Reader,
  conversationId: ConversationId,
): Promise<readonly UserId[]> {
  const rows = await read
    .select({ id: members.userId })
    .from(members)
    .where(eq(members.conversationId, conversationId));
  return rows.map((row) => row.id);
}

/** Ids looked for by one query: bounds its length. */
const idsPerQuery = 500;

/** Those of `userIds` who are in some conversation with `me`, who may be one of them. */
export async function sharingWith(
  reader: Reader,
  me: UserId,
  userIds: readonly UserId[],
): Promise<ReadonlySet<UserId>> {
  const found = new Set<UserId>();
  for (let start = 0; start < userIds.length; start += idsPerQuery) {
    const some = userIds.slice(start, start + idsPerQuery);
    for (const { id } of await sharersAmong(reader, me, some)) found.add(id);
  }
  return found;
}

function sharersAmong({ read, tables: { members } }: Reader, me: UserId, ids: readonly UserId[]) {
  const mine = alias(members, "mine");
  return read
    .selectDistinct({ id: members.userId })
    .from(members)
    .innerJoin(mine, eq(mine.conversationId, members.conversationId))
    .where(and(eq(mine.userId, me), inArray(members.userId, [...ids])));
}

export type RoomRow = Reader["tables"]["rooms"]["$inferSelect"];

/** A conversation as a list shows it. */
export type ListedConversation =
  | {
      readonly kind: "room";
      readonly id: ConversationId;
      readonly head: number;
      readonly readSeq: number;
      readonly role: RoomRole;
      readonly room: RoomRow;
    }
  | {
      readonly kind: "dm";
      readonly id: ConversationId;
      readonly head: number;
      readonly readSeq: number;
      /** The name is empty when the account is gone. */
      readonly peer: { readonly id: UserId; readonly username: string };
    };

export interface ConversationPage {
  readonly conversations: readonly ListedConversation[];
  readonly hasMore: boolean;
}

/** The conversations of a user by id, those behind `after`. */
export async function listConversations(
  reader: Reader,
  userId: UserId,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<ConversationPage> {
  const rows = await conversationRows(reader, userId, page);
  return {
    conversations: rows.slice(0, page.limit).map((row) => listed(row, userId)),
    hasMore: rows.length > page.limit,
  };
}

function conversationRows(
  { read, tables }: Reader,
  userId: UserId,
  { after = "", limit }: { readonly after?: string | undefined; readonly limit: number },
) {
  const { members, conversations, rooms, directConversations: pairs, users } = tables;
  const isPeer = or(
    and(eq(pairs.lowUserId, userId), eq(users.id, pairs.highUserId)),
    and(eq(pairs.highUserId, userId), eq(users.id, pairs.lowUserId)),
  );
  return read
    .select({
      id: conversations.id,
      head: conversations.lastSeq,
      readSeq: readUpTo(tables),
      role: members.role,
      room: rooms,
      low: pairs.lowUserId,
      high: pairs.highUserId,
      peerName: users.username,
    })
    .from(members)
    .innerJoin(conversations, eq(conversations.id, members.conversationId))
    .leftJoin(rooms, eq(rooms.id, members.conversationId))
    .leftJoin(pairs, eq(pairs.id, members.conversationId))
    .leftJoin(users, isPeer)
    .where(
      and(
        eq(members.userId, userId),
        // The cursor is what a client sent: any text is a place in this order.
        gt(members.conversationId, after as ConversationId),
      ),
    )
    .orderBy(asc(members.conversationId))
    .limit(limit + 1);
}

type ConversationRow = Awaited<ReturnType<typeof conversationRows>>[number];

function listed(row: ConversationRow, userId: UserId): ListedConversation {
  const { id, head, readSeq, role, room, low, high, peerName } = row;
  if (room !== null) return { kind: "room", id, head, readSeq, role, room };
  if (low === null || high === null) throw new Error(`Conversation ${id} is of no kind.`);
  const peer = { id: low === userId ? high : low, username: peerName ?? "" };
  return { kind: "dm", id, head, readSeq, peer };
}

/** The two users of a direct conversation in the order in which it is stored. */
export function pairOfUsers(a: UserId, b: UserId): readonly [UserId, UserId] {
  return a < b ? [a, b] : [b, a];
}

const directQuery = preparedRead(({ read, tables: { directConversations: pairs } }) =>
  read
    .select({ id: pairs.id })
    .from(pairs)
    .where(and(eq(pairs.lowUserId, at("low")), eq(pairs.highUserId, at("high"))))
    .prepare("direct_conversation"),
);

/** The direct conversation of two users, if they have one. */
export async function directConversation(
  reader: Reader,
  a: UserId,
  b: UserId,
): Promise<ConversationId | undefined> {
  const [low, high] = pairOfUsers(a, b);
  const [row] = await directQuery(reader).execute({ low, high });
  return row?.id;
}

/**
 * The direct conversation of two users, made under `newId` if they have none.
 * @throws ChatError `validation_failed` for one user twice, `user_not_found` when there is no `b`
 */
export async function ensureDirectConversation(
  tx: WriteTransaction,
  a: UserId,
  b: UserId,
  newId: ConversationId,
): Promise<ConversationId> {
  if (a === b) {
    throw new ChatError("validation_failed", {
      message: "A direct message goes to somebody else, not to yourself.",
    });
  }
  return (await directConversation(tx, a, b)) ?? createDirectConversation(tx, a, b, newId);
}

async function createDirectConversation(
  tx: WriteTransaction,
  a: UserId,
  b: UserId,
  id: ConversationId,
): Promise<ConversationId> {
  const { db, now, tables } = tx;
  const { conversations, directConversations, members, users } = tables;
  if ((await db.$count(users, eq(users.id, b))) === 0) throw new ChatError("user_not_found");
  const [lowUserId, highUserId] = pairOfUsers(a, b);
  await db
    .insert(conversations)
    .values({ id, kind: "dm", lastSeq: 0, lastEntryAt: now, createdAt: now });
  await db.insert(directConversations).values({ id, lowUserId, highUserId });
  const member = { conversationId: id, role: "member", joinedAt: now, joinedSeq: 0 } as const;
  await db.insert(members).values([
    { ...member, userId: a },
    { ...member, userId: b },
  ]);
  return id;
}
