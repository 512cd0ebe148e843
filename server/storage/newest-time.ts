import { max } from "drizzle-orm";
import type { Reader } from "./database.ts";

/** The newest time that anything was stored at, as far as that is kept; undefined in a new database. */
export async function newestTime({ read, tables }: Reader): Promise<number | undefined> {
  const { conversations, sessions, users } = tables;
  const [said] = await read.select({ at: max(conversations.lastEntryAt) }).from(conversations);
  const [signedIn] = await read.select({ at: max(sessions.createdAt) }).from(sessions);
  const [seen] = await read.select({ at: max(users.lastSeenAt) }).from(users);
  const times = [said, signedIn, seen].map((row) => row?.at ?? undefined);
  const known = times.filter((at) => at !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
