import type { Handler } from "../../commands/handler.ts";
import { checkRoomName, toWireRoom } from "./room-rules.ts";
import { createRoomOperation } from "./room-store.ts";
import { newRoomId, type RoomsDeps } from "./rooms-deps.ts";

export function createCreateRoom(deps: Pick<RoomsDeps, "db" | "newId">): Handler<"create_room"> {
  return async ({ session }, { name, description, settings = {} }) => {
    const { room } = await deps.db.write(createRoomOperation, {
      roomId: newRoomId(deps),
      ownerId: session.userId,
      name: checkRoomName(name),
      description: description ?? settings.description ?? null,
      isPrivate: settings.public === false,
      maxMembers: settings.max_members ?? null,
      moderated: settings.moderated,
      joinRole: settings.join_role,
      history: settings.history,
    });
    return { room: toWireRoom(room) };
  };
}
