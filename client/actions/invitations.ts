import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { InvitationId } from "@lair-chat/protocol/ids.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import { ConnectionError } from "../connection/connection-error.ts";
import { withoutInvitation } from "../store/invitations.ts";
import { type ActionParts, ask } from "./action-parts.ts";
import type { Actions } from "./actions.ts";
import { loadInvitations } from "./load-invitations.ts";
import { doneBy, outcomeOf } from "./outcome.ts";

type Parts = Pick<ActionParts, "store" | "sessions">;
type Names =
  | "inviteToRoom"
  | "loadInvitations"
  | "acceptInvitation"
  | "declineInvitation"
  | "listSentInvitations"
  | "cancelInvitation";

/** Asking others into a room, and answering when asked. */
export function invitationActions(parts: Parts): Pick<Actions, Names> {
  const { store, sessions } = parts;

  /** One that was answered is off the list, and so is one that the server says is of no use any more. */
  async function answer<T>(id: InvitationId, send: () => Promise<T>): Promise<T> {
    try {
      const result = await send();
      store.update((state) => withoutInvitation(state, id));
      return result;
    } catch (error) {
      const isVoid = error instanceof ChatError && voidCodes.has(error.code);
      if (isVoid) store.update((state) => withoutInvitation(state, id));
      throw error;
    }
  }

  return {
    inviteToRoom: (room_id, user_id, message) =>
      doneBy(() =>
        ask(parts, "invite_to_room", { room_id, user_id, ...(message === "" ? {} : { message }) }),
      ),
    loadInvitations: () =>
      doneBy(async () => {
        if (sessions.current === undefined) throw new ConnectionError("not_connected", "");
        await loadInvitations({ store, online: sessions.current.online });
      }),
    acceptInvitation: (id) =>
      outcomeOf(async () => {
        const { room } = await answer(id, () =>
          ask(parts, "accept_invitation", { invitation_id: id }),
        );
        // Brings the room itself.
        await sessions.current?.catchUp.run();
        return room.id;
      }),
    declineInvitation: (id) =>
      doneBy(() => answer(id, () => ask(parts, "decline_invitation", { invitation_id: id }))),
    listSentInvitations: (offset) =>
      outcomeOf(async () => {
        const page = { sent: true, limit: limits.pageSizeMax, offset };
        const found = await ask(parts, "list_invitations", page);
        return { items: found.invitations, total: found.total_count };
      }),
    cancelInvitation: (id) => doneBy(() => ask(parts, "cancel_invitation", { invitation_id: id })),
  };
}

const voidCodes: ReadonlySet<string> = new Set([
  "invitation_not_found",
  "invitation_used",
  "invitation_expired",
  "already_member",
  "room_not_found",
]);
