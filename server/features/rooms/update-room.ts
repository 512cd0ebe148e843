import type { Handler } from "../../commands/handler.ts";
import { updateRoomOperation } from "./room-administration-store.ts";
import { checkRoomName, toWireRoom } from "./room-rules.ts";
import type { RoomsDeps } from "./rooms-deps.ts";

export function createUpdateRoom({ db }: Pick<RoomsDeps, "db">): Handler<"update_room"> {
  return async ({ session }, { room_id: roomId, name, description, settings = {} }) => {
    const room = await db.write(updateRoomOperation, {
      roomId,
      userId: session.userId,
      wanted: {
        name: name === undefined ? undefined : checkRoomName(name),
        description: description === undefined ? settings.description : description,
        isPrivate: settings.public === undefined ? undefined : !settings.public,
        maxMembers: settings.max_members,
        moderated: settings.moderated,
        joinRole: settings.join_role,
        history: settings.history,
      },
    });
    return { room: toWireRoom(room) };
  };
}
