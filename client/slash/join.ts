import { limits } from "@lair-chat/protocol/limits.ts";
import type { DirectoryRoom, State } from "../store/state.ts";
import { closestName } from "./closest.ts";
import { plainRoomName } from "./open-room.ts";
import type { SlashCommand, SlashContext } from "./slash-command.ts";

export const join = {
  name: "join",
  usage: "/join NAME",
  summary: "Join a room, or go to it when you are in it already",
  completes: "rooms",
  async run(context, argument) {
    const name = plainRoomName(argument);
    if (name === "") return context.screen.showFinder("rooms");
    const { actions, state, screen } = context;
    const joined = [...state().conversations.values()].find(
      ({ kind, title, joined: isIn }) => kind === "room" && isIn && plainRoomName(title) === name,
    );
    if (joined !== undefined) return actions.openConversation(joined.key);
    const found = await findRoom(context, name);
    if (found === undefined) return;
    const outcome = await actions.joinRoom(found.id);
    if (outcome.ok) actions.openConversation(`room:${found.id}`);
    else screen.say("error", outcome.message);
  },
} satisfies SlashCommand;

async function findRoom(context: SlashContext, name: string): Promise<DirectoryRoom | undefined> {
  const { actions, state, screen } = context;
  const outcome = await actions.searchRooms(name.slice(0, limits.searchChars));
  const found = inDirectory(state(), name);
  if (found !== undefined) return found;
  screen.say("error", outcome.ok ? notFound(state(), name) : outcome.message);
  return undefined;
}

const inDirectory = ({ directory }: State, name: string): DirectoryRoom | undefined =>
  directory.rooms.find((room) => plainRoomName(room.name) === name);

function notFound({ directory }: State, name: string): string {
  const closest = closestName(
    name,
    directory.rooms.map((room) => room.name),
  );
  const meant = closest === undefined ? "" : ` Did you mean #${closest}?`;
  return `There is no room called #${name}.${meant} /create ${name} creates it, /rooms lists all.`;
}
