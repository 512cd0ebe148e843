import type { Handler } from "../../commands/handler.ts";
import { deleteRoomOperation } from "./room-administration-store.ts";
import { tellOfDeletion } from "./room-deletion-rules.ts";
import type { RoomsDeps } from "./rooms-deps.ts";

export function createDeleteRoom({
  db,
  bus,
}: Pick<RoomsDeps, "db" | "bus">): Handler<"delete_room"> {
  return async ({ session }, { room_id: roomId }) => {
    const { userId } = session;
    const deleted = await db.write(deleteRoomOperation, { roomId, userId, right: "room.delete" });
    tellOfDeletion(bus, { ...deleted, roomId, deletedBy: userId });
    return {};
  };
}
