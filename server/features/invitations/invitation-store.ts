import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { InvitationId, RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import { can, demand } from "../../rights/can.ts";
import { growingOperation, type WriteTransaction, writeOperation } from "../../storage/database.ts";
import { isUniqueViolation } from "../../storage/unique-violation.ts";
import { enterRoom, type Joined, userOf } from "../rooms/membership-store.ts";
import { admitToRoom, type RoomAccess, roomAccess } from "../rooms/room-access-store.ts";
import { appendToUserLog } from "../user-log/user-log-store.ts";
import { isBlockedBetween } from "../users/block-store.ts";
import { invitationById, pendingInvitation, settleInvitation } from "./invitation-row-store.ts";
import {
  checkUnanswered,
  type InvitationRow,
  invitationLifetimeMs,
  type NamedInvitation,
  receivedEvent,
  statusAt,
} from "./invitation-rules.ts";

export interface InviteArgs {
  readonly invitationId: InvitationId;
  readonly roomId: RoomId;
  readonly inviterId: UserId;
  readonly inviteeId: UserId;
  readonly message: string | null;
}

export interface Invited {
  readonly invitation: NamedInvitation;
  /** An older one that had run out and was still standing. */
  readonly expired: InvitationRow | undefined;
}

/**
 * Invites somebody who may come in.
 * @throws ChatError `room_not_found`, `not_room_member`, `permission_denied`, `user_not_found`,
 * `already_member`, `room_banned`, `user_blocked`, `already_invited`
 */
export const inviteToRoomOperation = growingOperation(
  "invite_to_room",
  async (tx, args: InviteArgs): Promise<Invited> => {
    const { roomId, inviterId, inviteeId } = args;
    const { room } = await admitToRoom(tx, { roomId, userId: inviterId }, "room.invite");
    const [inviter, invitee] = [await userOf(tx, inviterId), await userOf(tx, inviteeId)];
    checkMayCome(await roomAccess(tx, { roomId, userId: inviteeId }));
    if (await isBlockedBetween(tx, inviterId, inviteeId)) throw new ChatError("user_blocked");
    const expired = await retireExpired(tx, { roomId, userId: inviteeId });
    const invitation = {
      row: await insertInvitation(tx, args),
      roomName: room.name,
      inviterName: inviter.username,
      inviteeName: invitee.username,
    };
    await appendToUserLog(tx, inviteeId, receivedEvent(invitation));
    return { invitation, expired };
  },
);

/** What an inviter is told: the texts of the table speak to the one who wants to come in. */
const whyNot: Partial<Record<string, string>> = {
  already_member: "This user is a member of the room already.",
  room_banned: "This user is banned from the room.",
};

function checkMayCome(access: RoomAccess | undefined): void {
  if (access === undefined) throw new ChatError("room_not_found");
  const answer = can(access.actor, "room.enter_invited", access.resource);
  if (answer === "yes") return;
  const message = whyNot[answer];
  throw new ChatError(answer, message === undefined ? {} : { message });
}

/** Makes place for another invitation where one has run out. */
async function retireExpired(
  tx: WriteTransaction,
  who: { readonly roomId: RoomId; readonly userId: UserId },
): Promise<InvitationRow | undefined> {
  const pending = await pendingInvitation(tx, who);
  if (pending === undefined || statusAt(pending, tx.now) === "pending") return undefined;
  await settleInvitation(tx, pending.id, "expired");
  return pending;
}

async function insertInvitation(tx: WriteTransaction, args: InviteArgs): Promise<InvitationRow> {
  const { invitationId: id, ...said } = args;
  const row: InvitationRow = {
    ...said,
    id,
    status: "pending",
    createdAt: tx.now,
    expiresAt: tx.now + invitationLifetimeMs,
    respondedAt: null,
  };
  try {
    await tx.db.insert(tx.tables.invitations).values(row);
  } catch (cause) {
    if (!isUniqueViolation(cause, "invitations.invitee_id")) throw cause;
    throw new ChatError("already_invited", { cause });
  }
  return row;
}

export interface AnswerArgs {
  readonly invitationId: InvitationId;
  readonly userId: UserId;
}

/** An invitation that had run out is stored as such, so the operation must not fail: its caller does. */
export type Answered<Done> = Done | { readonly kind: "expired"; readonly row: InvitationRow };

/**
 * Comes in by an invitation: one that is good, to a room that has a place and does not keep him out.
 * @throws ChatError `invitation_not_found`, `not_invitee`, `invitation_used`, `invitation_expired`,
 * `room_full`, `room_banned`, `already_member`
 */
export const acceptInvitationOperation = writeOperation(
  "accept_invitation",
  async (tx, args: AnswerArgs): Promise<Answered<{ kind: "joined"; joined: Joined }>> => {
    const { row, access } = await invitationTo(tx, args);
    if (statusAt(row, tx.now) === "expired") return expire(tx, row);
    demand(access.actor, "room.enter_invited", access.resource);
    const joined = await enterRoom(tx, access.room, args.userId);
    await settleInvitation(tx, row.id, "accepted");
    return { kind: "joined", joined };
  },
);

/** @throws ChatError `invitation_not_found`, `not_invitee`, `invitation_used`, `invitation_expired` */
export const declineInvitationOperation = writeOperation(
  "decline_invitation",
  async (tx, args: AnswerArgs): Promise<Answered<{ kind: "declined" }>> => {
    const { row } = await invitationTo(tx, args);
    if (statusAt(row, tx.now) === "expired") return expire(tx, row);
    await settleInvitation(tx, row.id, "declined");
    return { kind: "declined" };
  },
);

/**
 * Takes an invitation back, also one that has run out.
 * @throws ChatError `invitation_not_found`, `permission_denied`, `invitation_used`
 */
export const cancelInvitationOperation = writeOperation(
  "cancel_invitation",
  async (tx, { invitationId, userId }: AnswerArgs): Promise<InvitationRow> => {
    const { row, access } = await invitationOf(tx, { invitationId, userId });
    const whose = row.inviterId === userId ? "own" : "others";
    demand(access.actor, `invitation.cancel_${whose}`, access.resource);
    if (row.status !== "pending") throw new ChatError("invitation_used");
    await settleInvitation(tx, row.id, "cancelled");
    return row;
  },
);

interface FoundInvitation {
  readonly row: InvitationRow;
  readonly access: RoomAccess;
}

async function invitationOf(
  tx: WriteTransaction,
  { invitationId, userId }: AnswerArgs,
): Promise<FoundInvitation> {
  const row = await invitationById(tx, invitationId);
  const access = row && (await roomAccess(tx, { roomId: row.roomId, userId }));
  if (row === undefined || access === undefined) throw new ChatError("invitation_not_found");
  return { row, access };
}

/** An invitation that this user has not answered yet, good or expired. */
async function invitationTo(tx: WriteTransaction, args: AnswerArgs): Promise<FoundInvitation> {
  const { row, access } = await invitationOf(tx, args);
  const whose = row.inviteeId === args.userId ? "own" : "others";
  demand(access.actor, `invitation.answer_${whose}`, access.resource);
  checkUnanswered(row);
  return { row, access };
}

async function expire(tx: WriteTransaction, row: InvitationRow) {
  await settleInvitation(tx, row.id, "expired");
  return { kind: "expired", row } as const;
}
