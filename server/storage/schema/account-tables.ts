import type { DeviceId, RegistrationInviteId, SessionId, UserId } from "@lair-chat/protocol/ids.ts";
import type { ColumnKit } from "./column-kit.ts";

/** People, the devices they sign in from, and what keeps them signed in. */
export function accountTables(kit: ColumnKit) {
  const users = usersTable(kit);
  const sessions = sessionsTable(kit, users);
  return {
    users,
    userLogEntries: userLogTable(kit, users),
    devices: devicesTable(kit, users),
    sessions,
    refreshTokens: refreshTokensTable(kit, sessions),
    registrationInvites: registrationInvitesTable(kit, users),
  };
}

export type UsersTable = ReturnType<typeof usersTable>;

function usersTable(kit: ColumnKit) {
  return kit.table(
    "users",
    {
      id: kit.text("id").$type<UserId>().primaryKey(),
      username: kit.text("username").notNull(),
      usernameKey: kit.text("username_key").notNull(),
      email: kit.text("email"),
      emailKey: kit.text("email_key"),
      passwordHash: kit.text("password_hash").notNull(),
      role: kit.text("role").$type<"user" | "moderator" | "admin">().notNull(),
      createdAt: kit.bigint("created_at").notNull(),
      updatedAt: kit.bigint("updated_at").notNull(),
      lastSeenAt: kit.bigint("last_seen_at"),
      /** Newest place in the user's own log. */
      logSeq: kit.bigint("log_seq").notNull().default(0),
    },
    (t) => [
      kit.uniqueIndex("users_username_key_unique").on(t.usernameKey),
      kit.uniqueIndex("users_email_key_unique").on(t.emailKey),
    ],
  );
}

/** What concerns one user alone: invitations, rooms, read markers, sessions. Dense in `seq`; the oldest are trimmed. */
function userLogTable(kit: ColumnKit, users: UsersTable) {
  return kit.table(
    "user_log_entries",
    {
      userId: kit
        .text("user_id")
        .$type<UserId>()
        .notNull()
        .references(() => users.id, { onDelete: "cascade" }),
      seq: kit.bigint("seq").notNull(),
      kind: kit.text("kind").notNull(),
      /** The event, as JSON. */
      payload: kit.bytes("payload").notNull(),
      createdAt: kit.bigint("created_at").notNull(),
    },
    (t) => [kit.primaryKey({ name: "user_log_entries_pk", columns: [t.userId, t.seq] })],
  );
}

function devicesTable(kit: ColumnKit, users: UsersTable) {
  return kit.table(
    "devices",
    {
      userId: kit
        .text("user_id")
        .$type<UserId>()
        .notNull()
        .references(() => users.id, { onDelete: "cascade" }),
      id: kit.text("id").$type<DeviceId>().notNull(),
      name: kit.text("name").notNull(),
      createdAt: kit.bigint("created_at").notNull(),
      lastSeenAt: kit.bigint("last_seen_at").notNull(),
    },
    (t) => [kit.primaryKey({ name: "devices_pk", columns: [t.userId, t.id] })],
  );
}

function sessionsTable(kit: ColumnKit, users: UsersTable) {
  return kit.table(
    "sessions",
    {
      id: kit.text("id").$type<SessionId>().primaryKey(),
      userId: kit
        .text("user_id")
        .$type<UserId>()
        .notNull()
        .references(() => users.id, { onDelete: "cascade" }),
      deviceId: kit.text("device_id").$type<DeviceId>().notNull(),
      createdAt: kit.bigint("created_at").notNull(),
      expiresAt: kit.bigint("expires_at").notNull(),
      revokedAt: kit.bigint("revoked_at"),
    },
    (t) => [
      kit.index("sessions_user_index").on(t.userId, t.createdAt),
      kit.index("sessions_expiry_index").on(t.expiresAt),
    ],
  );
}

function refreshTokensTable(kit: ColumnKit, sessions: ReturnType<typeof sessionsTable>) {
  return kit.table(
    "refresh_tokens",
    {
      /** SHA-256 of the token, hex. The token itself is never stored. */
      hash: kit.text("hash").primaryKey(),
      sessionId: kit
        .text("session_id")
        .$type<SessionId>()
        .notNull()
        .references(() => sessions.id, { onDelete: "cascade" }),
      createdAt: kit.bigint("created_at").notNull(),
      expiresAt: kit.bigint("expires_at").notNull(),
      usedAt: kit.bigint("used_at"),
    },
    (t) => [kit.index("refresh_tokens_session_index").on(t.sessionId)],
  );
}

/** Tokens with which accounts can be made where registration is by invitation. */
function registrationInvitesTable(kit: ColumnKit, users: UsersTable) {
  return kit.table(
    "registration_invites",
    {
      id: kit.text("id").$type<RegistrationInviteId>().primaryKey(),
      /** SHA-256 of the token, hex. The token itself is never stored. */
      tokenHash: kit.text("token_hash").notNull(),
      /** Null where it was made on the server's command line. */
      createdBy: kit
        .text("created_by")
        .$type<UserId>()
        .references(() => users.id, { onDelete: "set null" }),
      note: kit.text("note"),
      maxUses: kit.integer("max_uses").notNull(),
      uses: kit.integer("uses").notNull().default(0),
      createdAt: kit.bigint("created_at").notNull(),
      expiresAt: kit.bigint("expires_at").notNull(),
      revokedAt: kit.bigint("revoked_at"),
    },
    (t) => [
      kit.uniqueIndex("registration_invites_token_unique").on(t.tokenHash),
      kit.index("registration_invites_created_index").on(t.createdAt),
    ],
  );
}
