import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { Invitation, InvitationStatus } from "@lair-chat/protocol/messages/shapes.ts";
import type { EventOf } from "@lair-chat/protocol/registry.ts";
import type { Tables } from "../../storage/schema/tables.ts";

export type InvitationRow = Tables["invitations"]["$inferSelect"];

/** An invitation with the names that go with its ids. */
export interface NamedInvitation {
  readonly row: InvitationRow;
  readonly roomName: string;
  readonly inviterName: string;
  readonly inviteeName: string;
}

export const invitationLifetimeMs = 7 * 24 * 60 * 60 * 1000;

/** What an invitation is at a time: its end comes by itself, and is written down later or never. */
export function statusAt(
  { status, expiresAt }: Pick<InvitationRow, "status" | "expiresAt">,
  now: number,
): InvitationStatus {
  return status === "pending" && expiresAt <= now ? "expired" : status;
}

/** @throws ChatError `invitation_expired`, or `invitation_used` when it was answered or cancelled */
export function checkUnanswered({ status }: Pick<InvitationRow, "status">): void {
  if (status === "pending") return;
  throw new ChatError(status === "expired" ? "invitation_expired" : "invitation_used");
}

export function toWireInvitation(invitation: NamedInvitation, now: number): Invitation {
  const { row, roomName, inviterName, inviteeName } = invitation;
  return {
    id: row.id,
    room_id: row.roomId,
    room_name: roomName,
    inviter_id: row.inviterId,
    inviter_name: inviterName,
    invitee_id: row.inviteeId,
    invitee_name: inviteeName,
    status: statusAt(row, now),
    message: row.message,
    created_at: timestamp(row.createdAt),
    expires_at: timestamp(row.expiresAt),
    responded_at: row.respondedAt === null ? null : timestamp(row.respondedAt),
  };
}

/** What the invitee is told of an invitation that is void. */
export function cancelledEvent(
  { id }: Pick<InvitationRow, "id">,
  reason: "cancelled_by_inviter" | "expired" | "room_deleted",
): EventOf<"invitation_cancelled"> {
  return { type: "invitation_cancelled", invitation_id: id, reason };
}

export type SettledStatus = Exclude<InvitationStatus, "pending">;

/** What all devices of the invitee are told of an invitation that is settled. */
export function settledEvent(
  id: InvitationRow["id"],
  status: SettledStatus,
): EventOf<"invitation_cancelled"> | EventOf<"invitation_settled"> {
  if (status === "expired") return cancelledEvent({ id }, "expired");
  if (status === "cancelled") return cancelledEvent({ id }, "cancelled_by_inviter");
  return { type: "invitation_settled", invitation_id: id, status };
}

export function receivedEvent(invitation: NamedInvitation): EventOf<"invitation_received"> {
  const wire = toWireInvitation(invitation, invitation.row.createdAt);
  return { type: "invitation_received", invitation: wire };
}

function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}
