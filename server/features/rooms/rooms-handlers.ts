import type { Handlers } from "../../commands/handler.ts";
import { createBanMember } from "./ban-member.ts";
import { createCreateRoom } from "./create-room.ts";
import { createDeleteRoom } from "./delete-room.ts";
import { createGetRoom } from "./get-room.ts";
import { createGetRoomMembers } from "./get-room-members.ts";
import { createJoinRoom } from "./join-room.ts";
import { createLeaveRoom } from "./leave-room.ts";
import { createListBans } from "./list-bans.ts";
import { createListRooms } from "./list-rooms.ts";
import { createRemoveMember } from "./remove-member.ts";
import type { RoomsDeps } from "./rooms-deps.ts";
import { createTransferOwnership } from "./transfer-ownership.ts";
import { createUnbanMember } from "./unban-member.ts";
import { createUpdateMemberRole } from "./update-member-role.ts";
import { createUpdateRoom } from "./update-room.ts";

export function createRoomsHandlers(deps: RoomsDeps) {
  return {
    create_room: createCreateRoom(deps),
    get_room: createGetRoom(deps),
    list_rooms: createListRooms(deps),
    join_room: createJoinRoom(deps),
    leave_room: createLeaveRoom(deps),
    get_room_members: createGetRoomMembers(deps),
    update_room: createUpdateRoom(deps),
    delete_room: createDeleteRoom(deps),
    update_member_role: createUpdateMemberRole(deps),
    transfer_ownership: createTransferOwnership(deps),
    remove_member: createRemoveMember(deps),
    ban_member: createBanMember(deps),
    unban_member: createUnbanMember(deps),
    list_bans: createListBans(deps),
  } satisfies Partial<Handlers>;
}
