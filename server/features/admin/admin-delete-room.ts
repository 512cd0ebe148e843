import type { Handler } from "../../commands/handler.ts";
import { conversationOfRoom } from "../../storage/log-entry.ts";
import { deleteRoomOperation } from "../rooms/room-administration-store.ts";
import { tellOfDeletion } from "../rooms/room-deletion-rules.ts";
import type { AdminDeps } from "./admin-deps.ts";

type Deps = Pick<AdminDeps, "db" | "bus" | "log">;

export function createAdminDeleteRoom({ db, bus, log }: Deps): Handler<"admin_delete_room"> {
  return async ({ session: { userId } }, { room_id: roomId, reason }) => {
    const right = "room.force_delete";
    const deleted = await db.write(deleteRoomOperation, {
      roomId,
      userId,
      right,
      reason: reason ?? null,
    });
    const conversationId = conversationOfRoom(roomId);
    log.info({ actorId: userId, conversationId }, "audit: a room was deleted");
    tellOfDeletion(bus, { ...deleted, roomId, deletedBy: userId, reason: reason ?? null });
    return {};
  };
}
