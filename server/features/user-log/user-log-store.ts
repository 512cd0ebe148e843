import type { UserId } from "@lair-chat/protocol/ids.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import type { UserLogEvent } from "@lair-chat/protocol/registry.ts";
import { and, asc, eq, gt, inArray, lte, or, sql } from "drizzle-orm";
import type { Reader, WriteTransaction } from "../../storage/database.ts";
import { preparedRead, preparedWrite } from "../../storage/prepared.ts";

/*
 * A user's own log: what concerns one user alone, dense in its own seq, so that each of his devices
 * can tell what it missed. Only the newest entries are kept: who is further behind fetches the lists
 * that the entries are changes of. That also bounds what reading a busy room leaves here, of which
 * each step is an entry like any other.
 */

/** An entry of a user's log. */
export interface UserLogEntry {
  readonly seq: number;
  readonly event: UserLogEvent;
}

export interface UserLogPage {
  readonly entries: readonly UserLogEntry[];
  readonly head: number;
  /** The oldest place there is; one behind the head in an empty log. */
  readonly startsAt: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const at = sql.placeholder;

const takePlace = preparedWrite(({ db, tables: { users } }) =>
  db
    .update(users)
    .set({ logSeq: sql`${users.logSeq} + 1` })
    .where(eq(users.id, at("userId")))
    .returning({ seq: users.logSeq })
    .prepare("take_place_in_user_log"),
);

const insertEntry = preparedWrite(({ db, tables: { userLogEntries } }) =>
  db
    .insert(userLogEntries)
    .values({
      userId: at("userId"),
      seq: at("seq"),
      kind: at("kind"),
      payload: at("payload"),
      createdAt: at("createdAt"),
    })
    .prepare("insert_user_log_entry"),
);

const trim = preparedWrite(({ db, tables: { userLogEntries: entries } }) =>
  db
    .delete(entries)
    .where(and(eq(entries.userId, at("userId")), lte(entries.seq, at("upTo"))))
    .prepare("trim_user_log"),
);

/** Part of the transaction that changes what the event tells of. Does nothing where there is no such user. */
export async function appendToUserLog(
  tx: WriteTransaction,
  userId: UserId,
  event: UserLogEvent,
): Promise<void> {
  const [place] = await takePlace(tx).execute({ userId });
  if (place === undefined) return;
  const { seq } = place;
  await insertEntry(tx).execute({ userId, seq, ...rowOf(tx, event) });
  const upTo = seq - limits.userLogEntries;
  if (upTo > 0) await trim(tx).execute({ userId, upTo });
}

/** Users told by one statement: each takes five parameters. */
const usersPerStatement = 400;

/** The same for many users. */
export async function appendToUserLogs(
  tx: WriteTransaction,
  userIds: readonly UserId[],
  event: UserLogEvent,
): Promise<void> {
  for (let start = 0; start < userIds.length; start += usersPerStatement) {
    await appendToSome(tx, userIds.slice(start, start + usersPerStatement), event);
  }
}

async function appendToSome(tx: WriteTransaction, userIds: UserId[], event: UserLogEvent) {
  const { users, userLogEntries: entries } = tx.tables;
  const places = await tx.db
    .update(users)
    .set({ logSeq: sql`${users.logSeq} + 1` })
    .where(inArray(users.id, userIds))
    .returning({ userId: users.id, seq: users.logSeq });
  if (places.length === 0) return;
  const row = rowOf(tx, event);
  await tx.db.insert(entries).values(places.map((place) => ({ ...place, ...row })));
  const surplus = places
    .filter(({ seq }) => seq > limits.userLogEntries)
    .map(({ userId, seq }) =>
      and(eq(entries.userId, userId), lte(entries.seq, seq - limits.userLogEntries)),
    );
  if (surplus.length > 0) await tx.db.delete(entries).where(or(...surplus));
}

function rowOf({ now }: WriteTransaction, event: UserLogEvent) {
  return { kind: event.type, payload: encoder.encode(JSON.stringify(event)), createdAt: now };
}

const pageQuery = preparedRead(({ read, tables: { userLogEntries: entries } }) =>
  read
    .select({ seq: entries.seq, payload: entries.payload })
    .from(entries)
    .where(and(eq(entries.userId, at("userId")), gt(entries.seq, at("after"))))
    .orderBy(asc(entries.seq))
    .limit(at("rows"))
    .prepare("user_log_page"),
);

const headQuery = preparedRead(({ read, tables: { users } }) =>
  read
    .select({ head: users.logSeq })
    .from(users)
    .where(eq(users.id, at("userId")))
    .prepare("user_log_head"),
);

/** The newest place of a user's log; 0 in an empty one. */
export async function userLogHead(reader: Reader, userId: UserId): Promise<number> {
  const [row] = await headQuery(reader).execute({ userId });
  return row?.head ?? 0;
}

/** The oldest entries behind a place, in their order. */
export async function userEntriesAfter(
  reader: Reader,
  userId: UserId,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly UserLogEntry[]> {
  const rows = await pageQuery(reader).execute({ userId, after, rows: limit });
  return rows.map(({ seq, payload }) => ({
    seq,
    event: JSON.parse(decoder.decode(payload)) as UserLogEvent,
  }));
}

/** A page of a user's log, from behind a place; without one it is empty and says where the log ends. */
export async function readUserLog(
  reader: Reader,
  userId: UserId,
  { after, limit }: { readonly after: number | undefined; readonly limit: number },
): Promise<UserLogPage> {
  const [oldest] = await userEntriesAfter(reader, userId, { after: 0, limit: 1 });
  const entries =
    after === undefined ? [] : await userEntriesAfter(reader, userId, { after, limit });
  // Read last, so that it is not behind the entries.
  const head = await userLogHead(reader, userId);
  return { entries, head, startsAt: oldest?.seq ?? head + 1 };
}
