import type { RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import type { EventOf } from "@lair-chat/protocol/registry.ts";
import type { Bus } from "../../cluster/bus.ts";
import { conversationOfRoom } from "../../storage/log-entry.ts";
import { cancelledEvent, type InvitationRow } from "../invitations/invitation-rules.ts";

/** A room that is gone: what has to be known to tell those it concerned. */
export interface RoomDeletion {
  readonly roomId: RoomId;
  readonly deletedBy: UserId;
  readonly reason?: string | null;
  readonly name: string;
  readonly memberIds: readonly UserId[];
  readonly invitations: readonly InvitationRow[];
}

/** Tells the former members, who hear nothing of the room from then on, and whoever was invited. */
export function tellOfDeletion(
  bus: Pick<Bus, "closeConversation" | "toUser">,
  deletion: RoomDeletion,
): void {
  const { roomId, memberIds, invitations } = deletion;
  bus.closeConversation(conversationOfRoom(roomId), deletedEvent(deletion), memberIds);
  for (const invitation of invitations) {
    bus.toUser(invitation.inviteeId, cancelledEvent(invitation, "room_deleted"));
  }
}

/** What the former members are told. */
export function deletedEvent(
  deletion: Pick<RoomDeletion, "roomId" | "deletedBy" | "reason" | "name">,
): EventOf<"room_deleted"> {
  const { roomId, deletedBy, reason = null, name } = deletion;
  return {
    type: "room_deleted",
    room_id: roomId,
    room_name: name,
    deleted_by: deletedBy,
    reason,
  };
}
