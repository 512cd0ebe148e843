import type { Handler } from "../../commands/handler.ts";
import { transferOwnershipOperation } from "./member-administration-store.ts";
import { toWireRoom } from "./room-rules.ts";
import type { RoomsDeps } from "./rooms-deps.ts";

export function createTransferOwnership({
  db,
}: Pick<RoomsDeps, "db">): Handler<"transfer_ownership"> {
  return async ({ session }, { room_id: roomId, user_id: targetId }) => {
    const args = { roomId, userId: session.userId, targetId };
    return { room: toWireRoom(await db.write(transferOwnershipOperation, args)) };
  };
}
