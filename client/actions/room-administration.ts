import { limits } from "@lair-chat/protocol/limits.ts";
import type { Params } from "@lair-chat/protocol/registry.ts";
import { withoutDeletedRoom } from "../store/room-deleted.ts";
import { type ActionParts, ask } from "./action-parts.ts";
import type { Actions, RoomChange } from "./actions.ts";
import { doneBy, outcomeOf } from "./outcome.ts";

type Parts = Pick<ActionParts, "store" | "sessions">;
type Names =
  | "getRoom"
  | "updateRoom"
  | "deleteRoom"
  | "kick"
  | "ban"
  | "unban"
  | "listBans"
  | "setMemberRole"
  | "transferOwnership";

/** Keeping a room in order; what changes is told by the room's log. */
export const roomAdministrationActions = (parts: Parts): Pick<Actions, Names> => ({
  getRoom: (room_id) => outcomeOf(async () => (await ask(parts, "get_room", { room_id })).room),
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
  listBans: (room_id, offset) =>
    outcomeOf(async () => {
      const page = { room_id, limit: limits.pageSizeMax, offset };
      const { bans, total } = await ask(parts, "list_bans", page);
      return { items: bans, total };
    }),
  setMemberRole: (room_id, user_id, role) =>
    doneBy(() => ask(parts, "update_member_role", { room_id, user_id, role })),
  transferOwnership: (room_id, user_id) =>
    doneBy(() => ask(parts, "transfer_ownership", { room_id, user_id })),
});

function paramsOf({ name, description, isPrivate, settings }: RoomChange) {
  const isSet = isPrivate !== undefined || settings !== undefined;
  const params: Omit<Params<"update_room">, "room_id"> = {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description: description === "" ? null : description }),
    ...(isSet
      ? { settings: { ...settings, ...(isPrivate === undefined ? {} : { public: !isPrivate }) } }
      : {}),
  };
  return params;
}
