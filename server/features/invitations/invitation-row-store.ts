import type { InvitationId, RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import { and, eq } from "drizzle-orm";
import type { Reader, WriteTransaction } from "../../storage/database.ts";
import { appendToUserLog } from "../user-log/user-log-store.ts";
import {
  type InvitationRow,
  type SettledStatus,
  settledEvent,
  statusAt,
} from "./invitation-rules.ts";

/** The rows of invitations, for whoever lets people into rooms or keeps them out. */

export async function invitationById(
  { read, tables: { invitations } }: Reader,
  id: InvitationId,
): Promise<InvitationRow | undefined> {
  const [row] = await read.select().from(invitations).where(eq(invitations.id, id));
  return row;
}

/** The one invitation to a room that a user has not answered, be it expired or not. */
export async function pendingInvitation(
  { read, tables: { invitations } }: Reader,
  { roomId, userId }: { readonly roomId: RoomId; readonly userId: UserId },
): Promise<InvitationRow | undefined> {
  const isIt = and(
    eq(invitations.roomId, roomId),
    eq(invitations.inviteeId, userId),
    eq(invitations.status, "pending"),
  );
  const [row] = await read.select().from(invitations).where(isIt);
  return row;
}

/** The same, as long as it is good. */
export async function openInvitation(
  tx: WriteTransaction,
  who: { readonly roomId: RoomId; readonly userId: UserId },
): Promise<InvitationRow | undefined> {
  const row = await pendingInvitation(tx, who);
  return row !== undefined && statusAt(row, tx.now) === "pending" ? row : undefined;
}

/** All invitations to a room that nobody has answered. */
export function pendingOfRoom(
  { read, tables: { invitations } }: Reader,
  roomId: RoomId,
): Promise<InvitationRow[]> {
  const isOne = and(eq(invitations.roomId, roomId), eq(invitations.status, "pending"));
  return read.select().from(invitations).where(isOne);
}

/** Writes down what became of an invitation, and tells the one who was invited. */
export async function settleInvitation(
  tx: WriteTransaction,
  id: InvitationId,
  status: SettledStatus,
): Promise<void> {
  const { invitations } = tx.tables;
  const answer = { status, respondedAt: status === "expired" ? null : tx.now };
  const [row] = await tx.db
    .update(invitations)
    .set(answer)
    .where(eq(invitations.id, id))
    .returning({ inviteeId: invitations.inviteeId });
  if (row !== undefined) await appendToUserLog(tx, row.inviteeId, settledEvent(id, status));
}
