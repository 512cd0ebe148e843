import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { Handler } from "../../commands/handler.ts";
import { findMembership } from "./membership-store.ts";
import { toWireMembership, toWireRoom } from "./room-rules.ts";
import { findRoom } from "./room-store.ts";
import type { RoomsDeps } from "./rooms-deps.ts";

export function createGetRoom({ db }: Pick<RoomsDeps, "db">): Handler<"get_room"> {
  return async ({ session }, { room_id: roomId }) => {
    const room = await findRoom(db, roomId);
    const membership = await findMembership(db, roomId, session.userId);
    if (room === undefined || (room.isPrivate && membership === undefined)) {
      throw new ChatError("room_not_found");
    }
    return {
      room: toWireRoom(room),
      ...(membership !== undefined && { membership: toWireMembership(membership) }),
      member_count: room.memberCount,
    };
  };
}
