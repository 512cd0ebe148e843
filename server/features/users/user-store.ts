import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { UserId } from "@lair-chat/protocol/ids.ts";
import type { Role } from "@lair-chat/protocol/messages/shapes.ts";
import { and, asc, count, eq, inArray, type SQL, sql } from "drizzle-orm";
import { type Reader, type WriteTransaction, writeOperation } from "../../storage/database.ts";
import type { Tables } from "../../storage/schema/tables.ts";
import { isUniqueViolation } from "../../storage/unique-violation.ts";
import { emailKey, usernameKey } from "./user-rules.ts";

export type UserRow = Tables["users"]["$inferSelect"];

/** Below the number of parameters that every database takes in one statement. */
const idsPerQuery = 5_000;

export interface NewUser {
  readonly id: UserId;
  readonly username: string;
  readonly email: string | null;
  readonly passwordHash: string;
  readonly role: Role;
}

export interface UserPageQuery {
  /** Part of the name, without case. */
  readonly search: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

export interface UserPage {
  readonly rows: readonly UserRow[];
  readonly total: number;
}

export async function userById({ read, tables }: Reader, id: UserId) {
  const [row] = await read.select().from(tables.users).where(eq(tables.users.id, id)).limit(1);
  return row;
}

/** The account of a user name, or of an e-mail address (which has an @ where a name has none). */
export async function userByIdentifier({ read, tables }: Reader, identifier: string) {
  const { users } = tables;
  const isIt = identifier.includes("@")
    ? eq(users.emailKey, emailKey(identifier))
    : eq(users.usernameKey, usernameKey(identifier));
  const [row] = await read.select().from(users).where(isIt).limit(1);
  return row;
}

/** One page by name, and how many there are in all. */
export async function pageOfUsers(from: Reader, query: UserPageQuery): Promise<UserPage> {
  const { users } = from.tables;
  const wanted = nameContains(from.tables, query.search);
  const rows = await from.read
    .select()
    .from(users)
    .where(wanted)
    .orderBy(asc(users.usernameKey))
    .limit(query.limit)
    .offset(query.offset);
  const [counted] = await from.read.select({ total: count() }).from(users).where(wanted);
  return { rows, total: counted?.total ?? 0 };
}

/** The same among given users. */
export async function pageOfUsersAmong(
  from: Reader,
  ids: readonly UserId[],
  query: UserPageQuery,
): Promise<UserPage> {
  const { users } = from.tables;
  const wanted = nameContains(from.tables, query.search);
  const found: UserRow[] = [];
  for (let start = 0; start < ids.length; start += idsPerQuery) {
    const some = ids.slice(start, start + idsPerQuery);
    const isOne = and(inArray(users.id, some), wanted);
    found.push(...(await from.read.select().from(users).where(isOne)));
  }
  found.sort((a, b) => (a.usernameKey < b.usernameKey ? -1 : 1));
  return { rows: found.slice(query.offset, query.offset + query.limit), total: found.length };
}

export async function hasAdmin({ read, tables }: Reader): Promise<boolean> {
  const rows = await read
    .select({ id: tables.users.id })
    .from(tables.users)
    .where(eq(tables.users.role, "admin"))
    .limit(1);
  return rows.length > 0;
}

function nameContains({ users }: Tables, search: string | undefined): SQL | undefined {
  if (search === undefined || search === "") return undefined;
  const pattern = `%${usernameKey(search).replace(/[\\%_]/g, "\\$&")}%`;
  return sql`${users.usernameKey} like ${pattern} escape '\\'`;
}

/**
 * Part of the transaction that makes an account.
 * @throws ChatError `username_taken` or `email_taken`
 */
export async function insertUser(
  { db, tables, now }: WriteTransaction,
  user: NewUser,
): Promise<UserRow> {
  const row: UserRow = {
    ...user,
    usernameKey: usernameKey(user.username),
    emailKey: user.email === null ? null : emailKey(user.email),
    createdAt: now,
    updatedAt: now,
    lastSeenAt: null,
    logSeq: 0,
  };
  const { users } = tables;
  const made = await db.insert(users).values(row).onConflictDoNothing().returning({ id: users.id });
  if (made.length > 0) return row;
  const sameName = await db
    .select({ id: users.id })
    .from(users)
    .where(eq(users.usernameKey, row.usernameKey));
  throw new ChatError(sameName.length > 0 ? "username_taken" : "email_taken");
}

/** Makes an account without signing anybody in. */
export const addUserOperation = writeOperation("add_user", insertUser);

/** @throws ChatError `user_not_found` */
export const setUserRoleOperation = writeOperation(
  "set_user_role",
  async ({ db, tables, now }, args: { readonly username: string; readonly role: Role }) => {
    const changed = await db
      .update(tables.users)
      .set({ role: args.role, updatedAt: now })
      .where(eq(tables.users.usernameKey, usernameKey(args.username)))
      .returning({ id: tables.users.id });
    if (changed.length === 0) throw new ChatError("user_not_found");
  },
);

/** Null removes the address. @throws ChatError `email_taken`, `user_not_found` */
export const setEmailOperation = writeOperation(
  "set_email",
  async (
    { db, tables: { users }, now },
    { userId, email }: { readonly userId: UserId; readonly email: string | null },
  ): Promise<UserRow> => {
    const changed = { email, emailKey: email === null ? null : emailKey(email), updatedAt: now };
    try {
      const [row] = await db.update(users).set(changed).where(eq(users.id, userId)).returning();
      if (row !== undefined) return row;
    } catch (cause) {
      if (!isUniqueViolation(cause, "users.email_key")) throw cause;
      throw new ChatError("email_taken", { cause });
    }
    throw new ChatError("user_not_found");
  },
);

/** Puts a hash in the place of another one of the same password, unless it was changed meanwhile. */
export const replacePasswordHashOperation = writeOperation(
  "replace_password_hash",
  async (
    { db, tables },
    args: { readonly userId: UserId; readonly old: string; readonly replacement: string },
  ) => {
    const isStillIt = and(
      eq(tables.users.id, args.userId),
      eq(tables.users.passwordHash, args.old),
    );
    await db.update(tables.users).set({ passwordHash: args.replacement }).where(isStillIt);
  },
);
