import type { InvitationId, RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import { sql } from "drizzle-orm";
import type { UsersTable } from "./account-tables.ts";
import type { ColumnKit } from "./column-kit.ts";
import type { ConversationsTable } from "./conversation-tables.ts";

/** Who was invited, kept out, blocked or banned. */
export function moderationTables(
  kit: ColumnKit,
  conversations: ConversationsTable,
  users: UsersTable,
) {
  return {
    invitations: invitationsTable(kit, conversations, users),
    roomBans: roomBansTable(kit, conversations, users),
    userBlocks: userBlocksTable(kit, users),
    userBans: userBansTable(kit, users),
  };
}

function invitationsTable(kit: ColumnKit, conversations: ConversationsTable, users: UsersTable) {
  return kit.table(
    "invitations",
    {
      id: kit.text("id").$type<InvitationId>().primaryKey(),
      roomId: kit
        .text("room_id")
        .$type<RoomId>()
        .notNull()
        .references(() => conversations.id, { onDelete: "cascade" }),
      inviterId: userColumn(kit, "inviter_id", users),
      inviteeId: userColumn(kit, "invitee_id", users),
      status: kit
        .text("status")
        .$type<"pending" | "accepted" | "declined" | "cancelled" | "expired">()
        .notNull(),
      message: kit.text("message"),
      createdAt: kit.bigint("created_at").notNull(),
      expiresAt: kit.bigint("expires_at").notNull(),
      respondedAt: kit.bigint("responded_at"),
    },
    (t) => [
      kit
        .uniqueIndex("invitations_pending_unique")
        .on(t.roomId, t.inviteeId)
        .where(sql`status = 'pending'`),
      kit.index("invitations_invitee_index").on(t.inviteeId, t.status, t.createdAt),
      kit.index("invitations_inviter_index").on(t.inviterId, t.status, t.createdAt),
    ],
  );
}

function roomBansTable(kit: ColumnKit, conversations: ConversationsTable, users: UsersTable) {
  return kit.table(
    "room_bans",
    {
      roomId: kit
        .text("room_id")
        .$type<RoomId>()
        .notNull()
        .references(() => conversations.id, { onDelete: "cascade" }),
      userId: userColumn(kit, "user_id", users),
      bannedBy: kit.text("banned_by").$type<UserId>().notNull(),
      reason: kit.text("reason"),
      createdAt: kit.bigint("created_at").notNull(),
    },
    (t) => [kit.primaryKey({ name: "room_bans_pk", columns: [t.roomId, t.userId] })],
  );
}

function userBlocksTable(kit: ColumnKit, users: UsersTable) {
  return kit.table(
    "user_blocks",
    {
      blockerId: userColumn(kit, "blocker_id", users),
      blockedId: userColumn(kit, "blocked_id", users),
      createdAt: kit.bigint("created_at").notNull(),
    },
    (t) => [kit.primaryKey({ name: "user_blocks_pk", columns: [t.blockerId, t.blockedId] })],
  );
}

function userBansTable(kit: ColumnKit, users: UsersTable) {
  return kit.table("user_bans", {
    userId: kit
      .text("user_id")
      .$type<UserId>()
      .primaryKey()
      .references(() => users.id, { onDelete: "cascade" }),
    bannedBy: kit.text("banned_by").$type<UserId>().notNull(),
    reason: kit.text("reason"),
    createdAt: kit.bigint("created_at").notNull(),
    /** Null for one without end. */
    expiresAt: kit.bigint("expires_at"),
  });
}

function userColumn(kit: ColumnKit, name: string, users: UsersTable) {
  return kit
    .text(name)
    .$type<UserId>()
    .notNull()
    .references(() => users.id, { onDelete: "cascade" });
}
