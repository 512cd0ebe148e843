import type { RoomId } from "@lair-chat/protocol/ids.ts";
import type { Conversation, Person } from "../store/state.ts";
import { findPerson } from "./find-person.ts";
import { openRoom, roomIdOf } from "./open-room.ts";
import { splitWord } from "./parse.ts";
import type { SlashContext } from "./slash-command.ts";

/** The room on screen; where there is none, says so. */
export function demandRoom({ state, screen }: SlashContext): RoomOnScreen | undefined {
  const room = openRoom(state());
  if (room !== undefined) return { id: roomIdOf(room), title: room.title, role: room.role };
  screen.say("error", "Go to a room that you are in first.");
  return undefined;
}

export interface RoomOnScreen extends Pick<Conversation, "title" | "role"> {
  readonly id: RoomId;
}

export interface RoomAndPerson {
  readonly room: RoomOnScreen;
  readonly person: Person;
  /** What follows the name. */
  readonly rest: string;
}

/** The room on screen and whom the argument names first; says what is missing. */
export async function demandRoomAndPerson(
  context: SlashContext,
  argument: string,
  usage: string,
): Promise<RoomAndPerson | undefined> {
  const room = demandRoom(context);
  if (room === undefined) return undefined;
  const named = await demandPerson(context, argument, usage);
  return named && { room, ...named };
}

/** Whom the argument names first; says what is missing. */
export async function demandPerson(
  context: SlashContext,
  argument: string,
  usage: string,
): Promise<Omit<RoomAndPerson, "room"> | undefined> {
  const { word, rest } = splitWord(argument);
  const name = word.replace(/^@/, "");
  if (name === "") {
    context.screen.say("error", `Say whom: ${usage}`);
    return undefined;
  }
  const person = await findPerson(context, name);
  return person && { person, rest };
}
