import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { UserId } from "@lair-chat/protocol/ids.ts";
import type { Role } from "@lair-chat/protocol/messages/shapes.ts";
import { eq } from "drizzle-orm";
import { type WriteTransaction, writeOperation } from "../../storage/database.ts";
import type { BanFacts } from "../auth/ban-rules.ts";
import { endSessionsOf } from "../auth/session-store.ts";
import { type UserRow, userById } from "../users/user-store.ts";
import { demandBannable, demandNotLastAdmin } from "./admin-rules.ts";

/** What every act of an administrator says: who, and to whom. */
interface AdminAct {
  readonly by: UserId;
  readonly userId: UserId;
}

/** Asked again in the transaction: the role may have been taken away since. @throws ChatError `permission_denied` */
export async function demandAdmin(tx: WriteTransaction, by: UserId): Promise<void> {
  if ((await userById(tx, by))?.role !== "admin") throw new ChatError("permission_denied");
}

/** @throws ChatError `permission_denied`, `user_not_found` */
async function accountFor(tx: WriteTransaction, { by, userId }: AdminAct): Promise<UserRow> {
  await demandAdmin(tx, by);
  const user = await userById(tx, userId);
  if (user === undefined) throw new ChatError("user_not_found");
  return user;
}

/** Keeps a user off the server and ends all sessions; a ban there is gives way to this one. */
export const banUserOperation = writeOperation(
  "ban_user",
  async (
    tx,
    args: AdminAct & { readonly reason: string | null; readonly durationMs: number | null },
  ): Promise<BanFacts> => {
    const { db, now, tables } = tx;
    const { by, userId, reason, durationMs } = args;
    demandBannable(by, await accountFor(tx, args));
    const expiresAt = durationMs === null ? null : now + durationMs;
    const ban = { bannedBy: by, reason, createdAt: now, expiresAt };
    await db
      .insert(tables.userBans)
      .values({ userId, ...ban })
      .onConflictDoUpdate({ target: tables.userBans.userId, set: ban });
    await endSessionsOf(tx, userId);
    return ban;
  },
);

/** Does nothing for one who is not banned. */
export const unbanUserOperation = writeOperation(
  "unban_user",
  async (tx, act: AdminAct): Promise<void> => {
    await accountFor(tx, act);
    const { userBans } = tx.tables;
    await tx.db.delete(userBans).where(eq(userBans.userId, act.userId));
  },
);

export interface RoleChange {
  readonly user: UserRow;
  readonly hasChanged: boolean;
}

export const changeUserRoleOperation = writeOperation(
  "change_user_role",
  async (tx, args: AdminAct & { readonly role: Role }): Promise<RoleChange> => {
    const { db, now, tables } = tx;
    const { users } = tables;
    const { role } = args;
    const user = await accountFor(tx, args);
    demandNotLastAdmin(user, role, await db.$count(users, eq(users.role, "admin")));
    if (user.role === role) return { user, hasChanged: false };
    const changed = { role, updatedAt: now };
    await db.update(users).set(changed).where(eq(users.id, user.id));
    return { user: { ...user, ...changed }, hasChanged: true };
  },
);
