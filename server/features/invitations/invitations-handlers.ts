import type { Handlers } from "../../commands/handler.ts";
import { createAcceptInvitation } from "./accept-invitation.ts";
import { createCancelInvitation } from "./cancel-invitation.ts";
import { createDeclineInvitation } from "./decline-invitation.ts";
import type { InvitationsDeps } from "./invitations-deps.ts";
import { createInviteToRoom } from "./invite-to-room.ts";
import { createListInvitations } from "./list-invitations.ts";

export function createInvitationsHandlers(deps: InvitationsDeps) {
  return {
    invite_to_room: createInviteToRoom(deps),
    list_invitations: createListInvitations(deps),
    accept_invitation: createAcceptInvitation(deps),
    decline_invitation: createDeclineInvitation(deps),
    cancel_invitation: createCancelInvitation(deps),
  } satisfies Partial<Handlers>;
}
