import type { ConversationId, RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import { sql } from "drizzle-orm";
import type { UsersTable } from "./account-tables.ts";
import type { ColumnKit } from "./column-kit.ts";

/** Rooms and direct conversations, and who is in them. */
export function conversationTables(kit: ColumnKit, users: UsersTable) {
  const conversations = conversationsTable(kit);
  return {
    conversations,
    rooms: roomsTable(kit, conversations),
    directConversations: directConversationsTable(kit, conversations),
    members: membersTable(kit, conversations, users),
  };
}

export type ConversationsTable = ReturnType<typeof conversationsTable>;

function conversationsTable(kit: ColumnKit) {
  return kit.table("conversations", {
    id: kit.text("id").$type<ConversationId>().primaryKey(),
    kind: kit.text("kind").$type<"room" | "dm">().notNull(),
    lastSeq: kit.bigint("last_seq").notNull(),
    /** Of the newest entry: the next one is never dated before it. */
    lastEntryAt: kit.bigint("last_entry_at").notNull(),
    /** Of the newest entry; null while there is none. */
    chain: kit.bytes("chain"),
    createdAt: kit.bigint("created_at").notNull(),
  });
}

function roomsTable(kit: ColumnKit, conversations: ConversationsTable) {
  return kit.table(
    "rooms",
    {
      id: kit
        .text("id")
        .$type<RoomId>()
        .primaryKey()
        .references(() => conversations.id, { onDelete: "cascade" }),
      name: kit.text("name").notNull(),
      nameKey: kit.text("name_key").notNull(),
      ownerId: kit.text("owner_id").$type<UserId>().notNull(),
      description: kit.text("description"),
      isPrivate: kit.boolean("is_private").notNull(),
      maxMembers: kit.integer("max_members"),
      /** Kept beside the rows it counts, in the same transaction: lists and capacity need it. */
      memberCount: kit.integer("member_count").notNull(),
      /** Only moderators and owners may write. */
      moderated: kit.boolean("moderated").notNull().default(false),
      /** What one becomes by joining. */
      joinRole: kit.text("join_role").$type<"member" | "moderator">().notNull().default("member"),
      /** What a member may read: everything, or what was written since joining. */
      history: kit.text("history").$type<"shared" | "joined">().notNull().default("shared"),
      createdAt: kit.bigint("created_at").notNull(),
    },
    // That a name is taken must not tell of a private room: only public ones need names of their own.
    (t) => [kit.uniqueIndex("rooms_name_key_unique").on(t.nameKey).where(sql`not is_private`)],
  );
}

function directConversationsTable(kit: ColumnKit, conversations: ConversationsTable) {
  return kit.table(
    "direct_conversations",
    {
      id: kit
        .text("id")
        .$type<ConversationId>()
        .primaryKey()
        .references(() => conversations.id, { onDelete: "cascade" }),
      /** The two users, the smaller id first. */
      lowUserId: kit.text("low_user_id").$type<UserId>().notNull(),
      highUserId: kit.text("high_user_id").$type<UserId>().notNull(),
    },
    (t) => [kit.uniqueIndex("direct_conversations_pair_unique").on(t.lowUserId, t.highUserId)],
  );
}

function membersTable(kit: ColumnKit, conversations: ConversationsTable, users: UsersTable) {
  return kit.table(
    "members",
    {
      conversationId: kit
        .text("conversation_id")
        .$type<ConversationId>()
        .notNull()
        .references(() => conversations.id, { onDelete: "cascade" }),
      userId: kit
        .text("user_id")
        .$type<UserId>()
        .notNull()
        .references(() => users.id, { onDelete: "cascade" }),
      role: kit.text("role").$type<"member" | "moderator" | "owner">().notNull(),
      joinedAt: kit.bigint("joined_at").notNull(),
      joinedSeq: kit.bigint("joined_seq").notNull(),
      /** Everything up to here has been read. Only ever grows. */
      readSeq: kit.bigint("read_seq").notNull().default(0),
    },
    (t) => [
      kit.primaryKey({ name: "members_pk", columns: [t.conversationId, t.userId] }),
      kit.index("members_user_index").on(t.userId, t.conversationId),
    ],
  );
}
