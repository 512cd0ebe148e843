import type { Handler } from "../../commands/handler.ts";
import { updateMemberRoleOperation } from "./member-administration-store.ts";
import { toWireMember } from "./room-rules.ts";
import type { RoomsDeps } from "./rooms-deps.ts";

export function createUpdateMemberRole({
  db,
  presence,
}: Pick<RoomsDeps, "db" | "presence">): Handler<"update_member_role"> {
  return async ({ session }, { room_id: roomId, user_id: targetId, role }) => {
    const { member, username } = await db.write(updateMemberRoleOperation, {
      roomId,
      userId: session.userId,
      targetId,
      role,
    });
    return { member: toWireMember(member, { username, isOnline: presence.isOnline(targetId) }) };
  };
}
