import type { Invitation } from "../store/state.ts";
import { plainRoomName } from "./open-room.ts";
import type { SlashContext } from "./slash-command.ts";

/** The invitation to a room of that name, or the only one there is; says what is missing. */
export async function findInvitation(
  { actions, screen, state }: SlashContext,
  argument: string,
): Promise<Invitation | undefined> {
  const outcome = await actions.loadInvitations();
  if (!outcome.ok) {
    screen.say("error", outcome.message);
    return undefined;
  }
  const { invitations } = state();
  const name = plainRoomName(argument);
  const fitting = invitations.filter((one) => name === "" || plainRoomName(one.roomName) === name);
  const [only, another] = fitting;
  if (only === undefined) screen.say("error", nothingFits(name));
  else if (another === undefined) return only;
  else screen.show("invitations");
  return undefined;
}

const nothingFits = (name: string): string =>
  name === "" ? "No invitation waits for you." : `No invitation to #${name} waits for you.`;
