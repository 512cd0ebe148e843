import type { Params } from "@lair-chat/protocol/registry.ts";
import { withoutDeletedRoom } from "../store/room-deleted.ts";
import { type ActionParts, ask } from "./action-parts.ts";
import type { Actions, RoomChange } from "./actions.ts";
import { doneBy } from "./outcome.ts";

type Parts = Pick<ActionParts, "store" | "sessions">;
type Names =
  | "updateRoom"
  | "deleteRoom"
  | "kick"
  | "ban"
  | "unban"
  | "setMemberRole"
  | "transferOwnership";

/** Keeping a room in order; what changes is told by the room's log. */
export const roomAdministrationActions = (parts: Parts): Pick<Actions, Names> => ({
  updateRoom: (room_id, change) =>
    doneBy(() => ask(parts, "update_room", { room_id, ...paramsOf(change) })),
  deleteRoom: (room_id) =>
    doneBy(async () => {
      await ask(parts, "delete_room", { room_id });
      parts.store.update((state) => withoutDeletedRoom(state, room_id));
    }),
  kick: (room_id, user_id) => doneBy(() => ask(parts, "remove_member", { room_id, user_id })),
  ban: (room_id, user_id, reason) =>
    doneBy(() =>
      ask(parts, "ban_member", { room_id, user_id, ...(reason === "" ? {} : { reason }) }),
    ),
  unban: (room_id, user_id) => doneBy(() => ask(parts, "unban_member", { room_id, user_id })),
  setMemberRole: (room_id, user_id, role) =>
    doneBy(() => ask(parts, "update_member_role", { room_id, user_id, role })),
  transferOwnership: (room_id, user_id) =>
    doneBy(() => ask(parts, "transfer_ownership", { room_id, user_id })),
});

function paramsOf({ name, description, isPrivate }: RoomChange) {
  const params: Omit<Params<"update_room">, "room_id"> = {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description: description === "" ? null : description }),
    ...(isPrivate === undefined ? {} : { settings: { public: !isPrivate } }),
  };
  return params;
}
