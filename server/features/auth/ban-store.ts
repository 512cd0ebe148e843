import type { UserId } from "@lair-chat/protocol/ids.ts";
import { eq } from "drizzle-orm";
import type { Reader } from "../../storage/database.ts";
import { type BanFacts, bannedError, isInForce } from "./ban-rules.ts";

async function banOf(
  { read, tables: { userBans } }: Reader,
  userId: UserId,
): Promise<BanFacts | undefined> {
  const [row] = await read
    .select({ reason: userBans.reason, expiresAt: userBans.expiresAt })
    .from(userBans)
    .where(eq(userBans.userId, userId));
  return row;
}

/** @throws ChatError `account_banned` while a ban is in force */
export async function demandNotBanned(reader: Reader, userId: UserId, now: number): Promise<void> {
  const ban = await banOf(reader, userId);
  if (ban !== undefined && isInForce(ban, now)) throw bannedError(ban);
}
