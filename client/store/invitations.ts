import type { InvitationId, RoomId } from "@lair-chat/protocol/ids.ts";
import type { Invitation as WireInvitation } from "@lair-chat/protocol/messages/shapes.ts";
import type { Invitation, State } from "./state.ts";

const INVITATIONS = 200;

/** An invitation as the screen has it. */
export const toInvitation = (invitation: WireInvitation): Invitation => ({
  id: invitation.id,
  roomId: invitation.room_id,
  roomName: invitation.room_name,
  inviter: invitation.inviter_name,
  message: invitation.message ?? undefined,
  expiresAt: Date.parse(invitation.expires_at),
});

/** The state with these invitations and no others. */
export const withInvitations = (state: State, invitations: readonly Invitation[]): State => ({
  ...state,
  invitations: invitations.slice(0, INVITATIONS),
});

/** The state with one more; told of twice, it is there once. */
export function withInvitation(state: State, invitation: Invitation): State {
  const others = state.invitations.filter(({ id }) => id !== invitation.id);
  return withInvitations(state, [invitation, ...others]);
}

export const withoutInvitation = (state: State, gone: InvitationId): State =>
  without(state, ({ id }) => id === gone);

/** Whoever is in a room needs no invitation to it any more. */
export const withoutInvitationsTo = (state: State, room: RoomId): State =>
  without(state, ({ roomId }) => roomId === room);

function without(state: State, isGone: (invitation: Invitation) => boolean): State {
  const left = state.invitations.filter((invitation) => !isGone(invitation));
  return left.length === state.invitations.length ? state : { ...state, invitations: left };
}
