import type { Handlers } from "../../commands/handler.ts";
import { createCreateRoom } from "./create-room.ts";
import { createGetRoom } from "./get-room.ts";
import { createGetRoomMembers } from "./get-room-members.ts";
import { createJoinRoom } from "./join-room.ts";
import { createLeaveRoom } from "./leave-room.ts";
import { createListRooms } from "./list-rooms.ts";
import type { RoomsDeps } from "./rooms-deps.ts";

export function createRoomsHandlers(deps: RoomsDeps) {
  return {
    create_room: createCreateRoom(deps),
    get_room: createGetRoom(deps),
    list_rooms: createListRooms(deps),
    join_room: createJoinRoom(deps),
    leave_room: createLeaveRoom(deps),
    get_room_members: createGetRoomMembers(deps),
  } satisfies Partial<Handlers>;
}
