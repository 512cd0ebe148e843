import type { Room } from "@lair-chat/protocol/messages/shapes.ts";
import type { Conversation } from "./state.ts";

type RoomFacts = Pick<Conversation, "title" | "description" | "isPrivate" | "settings">;

/** What a conversation shows of its room. */
export const factsOfRoom = ({ name, description, settings }: Room): RoomFacts => ({
  title: name,
  description: description ?? undefined,
  isPrivate: settings.is_private,
  settings,
});
