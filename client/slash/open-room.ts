import type { RoomId } from "@lair-chat/protocol/ids.ts";
import type { Conversation, State } from "../store/state.ts";

const ROOM = "room:";

/** The room that is on screen and that we are in. */
export function openRoom({ open, conversations }: State): Conversation | undefined {
  const conversation = open === undefined ? undefined : conversations.get(open);
  return conversation?.kind === "room" && conversation.joined ? conversation : undefined;
}

/** The id of a room conversation. */
export const roomIdOf = ({ key }: Pick<Conversation, "key">): RoomId =>
  key.slice(ROOM.length) as RoomId;

/** Without `#` in front and without case, as people say room names. */
export const plainRoomName = (name: string): string => name.replace(/^#/, "").toLowerCase();
