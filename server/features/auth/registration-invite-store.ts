import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { RegistrationInviteId } from "@lair-chat/protocol/ids.ts";
import { and, count, desc, eq, gt, isNull, lt, sql } from "drizzle-orm";
import { type Reader, type WriteTransaction, writeOperation } from "../../storage/database.ts";

export type InviteRow = Reader["tables"]["registrationInvites"]["$inferSelect"];

/** What an invite is made from; its token is hashed already. */
export interface NewInvite
  extends Pick<InviteRow, "id" | "tokenHash" | "createdBy" | "note" | "maxUses"> {
  readonly lifeMs: number;
}

/** Invites that are over are kept so long, for the list. */
const keptMs = 90 * 24 * 3_600_000;

export async function insertInvite(
  { db, now, tables: { registrationInvites } }: WriteTransaction,
  { lifeMs, ...invite }: NewInvite,
): Promise<InviteRow> {
  const row = { ...invite, uses: 0, createdAt: now, expiresAt: now + lifeMs, revokedAt: null };
  await db.insert(registrationInvites).values(row);
  return row;
}

/** Part of the purge, which knows whether the clock is to be trusted. */
export async function forgetOldInvites({ db, now, tables }: WriteTransaction): Promise<void> {
  const { registrationInvites } = tables;
  await db.delete(registrationInvites).where(lt(registrationInvites.expiresAt, now - keptMs));
}

/** Of who may do it, for instance on the command line. */
export const addInviteOperation = writeOperation("add_registration_invite", insertInvite);

function isOpen({ tables: { registrationInvites } }: Pick<Reader, "tables">, now: number) {
  const { expiresAt, revokedAt, uses, maxUses } = registrationInvites;
  return and(gt(expiresAt, now), isNull(revokedAt), lt(uses, maxUses));
}

/** Whether an invite would be taken now; the transaction that uses it asks again. */
export async function isOpenInvite(reader: Reader, hash: string, now: number): Promise<boolean> {
  const { registrationInvites } = reader.tables;
  const isIt = and(eq(registrationInvites.tokenHash, hash), isOpen(reader, now));
  return (await reader.read.$count(registrationInvites, isIt)) > 0;
}

/** Part of the transaction that makes the account: uses it once. @throws ChatError `invite_invalid` */
export async function consumeInvite(tx: WriteTransaction, hash: string): Promise<void> {
  const { registrationInvites } = tx.tables;
  const used = await tx.db
    .update(registrationInvites)
    .set({ uses: sql`${registrationInvites.uses} + 1` })
    .where(and(eq(registrationInvites.tokenHash, hash), isOpen(tx, tx.now)))
    .returning({ id: registrationInvites.id });
  if (used.length === 0) throw new ChatError("invite_invalid");
}

/** Makes an invite useless; one that is over already stays as it is. @throws ChatError `invite_not_found` */
export async function revokeInvite(tx: WriteTransaction, id: RegistrationInviteId): Promise<void> {
  const { registrationInvites } = tx.tables;
  const [found] = await tx.db
    .update(registrationInvites)
    .set({ revokedAt: sql`coalesce(${registrationInvites.revokedAt}, ${tx.now})` })
    .where(eq(registrationInvites.id, id))
    .returning({ id: registrationInvites.id });
  if (found === undefined) throw new ChatError("invite_not_found");
}

/** Of who may do it, for instance on the command line. */
export const withdrawInviteOperation = writeOperation(
  "withdraw_registration_invite",
  (tx, { id }: { readonly id: RegistrationInviteId }) => revokeInvite(tx, id),
);

/** A page of invites, the newest first, and how many there are in all. */
export async function listInvites(
  { read, tables: { registrationInvites } }: Reader,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<{ readonly invites: readonly InviteRow[]; readonly total: number }> {
  const invites = await read
    .select()
    .from(registrationInvites)
    .orderBy(desc(registrationInvites.createdAt), desc(registrationInvites.id))
    .limit(limit)
    .offset(offset);
  const [counted] = await read.select({ total: count() }).from(registrationInvites);
  return { invites, total: counted?.total ?? 0 };
}
