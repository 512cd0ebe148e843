import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { UserId } from "@lair-chat/protocol/ids.ts";
import { and, asc, count, eq, or, sql } from "drizzle-orm";
import { type Reader, type WriteTransaction, writeOperation } from "../../storage/database.ts";
import { preparedRead } from "../../storage/prepared.ts";
import { appendToUserLog } from "../user-log/user-log-store.ts";
import { userById } from "./user-store.ts";

const at = sql.placeholder;

const betweenQuery = preparedRead(({ read, tables: { userBlocks } }) => {
  const blocks = (blocker: string, blocked: string) =>
    and(eq(userBlocks.blockerId, at(blocker)), eq(userBlocks.blockedId, at(blocked)));
  // Two rows at most: a limit would be a parameter, with which SQLite plans anew at each run.
  return read
    .select({ blockerId: userBlocks.blockerId })
    .from(userBlocks)
    .where(or(blocks("a", "b"), blocks("b", "a")))
    .prepare("block_between");
});

/** Whether one of the two has blocked the other: then neither writes to the other. */
export async function isBlockedBetween(reader: Reader, a: UserId, b: UserId): Promise<boolean> {
  const rows = await betweenQuery(reader).execute({ a, b });
  return rows.length > 0;
}

export interface BlockArgs {
  readonly blockerId: UserId;
  readonly blockedId: UserId;
}

/** Blocks of one user: bounds what one person can store. */
const blocksPerUser = 1_000;

/** @throws ChatError `user_not_found`, or `validation_failed` for oneself and for one too many */
export const blockUserOperation = writeOperation(
  "block_user",
  async (tx, { blockerId, blockedId }: BlockArgs): Promise<void> => {
    const { db, now, tables } = tx;
    const { userBlocks } = tables;
    await checkMayBlock(tx, { blockerId, blockedId });
    const made = await db
      .insert(userBlocks)
      .values({ blockerId, blockedId, createdAt: now })
      .onConflictDoNothing()
      .returning({ blockedId: userBlocks.blockedId });
    if (made.length > 0) await tellBlocker(tx, { blockerId, blockedId }, true);
  },
);

async function checkMayBlock(tx: WriteTransaction, args: BlockArgs): Promise<void> {
  const { blockerId, blockedId } = args;
  if (blockerId === blockedId) {
    throw new ChatError("validation_failed", { message: "You can't block yourself." });
  }
  if ((await userById(tx, blockedId)) === undefined) throw new ChatError("user_not_found");
  const { userBlocks } = tx.tables;
  const blocked = await tx.db.$count(userBlocks, eq(userBlocks.blockerId, blockerId));
  if (blocked < blocksPerUser) return;
  throw new ChatError("validation_failed", {
    message: `You have blocked ${blocksPerUser} users, and more are not kept. Unblock one first.`,
  });
}

/** Does nothing where there is no block. */
export const unblockUserOperation = writeOperation(
  "unblock_user",
  async (tx, { blockerId, blockedId }: BlockArgs): Promise<void> => {
    const { userBlocks } = tx.tables;
    const isIt = and(eq(userBlocks.blockerId, blockerId), eq(userBlocks.blockedId, blockedId));
    const gone = await tx.db
      .delete(userBlocks)
      .where(isIt)
      .returning({ blockedId: userBlocks.blockedId });
    if (gone.length > 0) await tellBlocker(tx, { blockerId, blockedId }, false);
  },
);

/** Only the one who blocks, never the one who is blocked. */
async function tellBlocker(tx: WriteTransaction, args: BlockArgs, blocked: boolean): Promise<void> {
  const { blockerId, blockedId } = args;
  await appendToUserLog(tx, blockerId, { type: "block_changed", user_id: blockedId, blocked });
}

export interface BlockedPage {
  readonly users: readonly { readonly id: UserId; readonly username: string }[];
  readonly total: number;
}

/** Whom a user has blocked, by name, and how many on all pages. */
export async function pageOfBlocked(
  { read, tables: { userBlocks, users } }: Reader,
  blockerId: UserId,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<BlockedPage> {
  const own = eq(userBlocks.blockerId, blockerId);
  const found = await read
    .select({ id: users.id, username: users.username })
    .from(userBlocks)
    .innerJoin(users, eq(users.id, userBlocks.blockedId))
    .where(own)
    .orderBy(asc(users.usernameKey))
    .limit(limit)
    .offset(offset);
  const [counted] = await read.select({ total: count() }).from(userBlocks).where(own);
  return { users: found, total: counted?.total ?? 0 };
}
