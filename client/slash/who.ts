import type { Conversation, State } from "../store/state.ts";
import { openRoom, roomIdOf } from "./open-room.ts";
import type { SlashCommand } from "./slash-command.ts";

/** More would not fit below the messages; the members pane shows all. */
const NAMES_MAX = 12;

export const who = {
  name: "who",
  usage: "/who",
  summary: "Say who is online in the room on screen",
  async run({ actions, screen, state }) {
    const room = openRoom(state());
    if (room === undefined) return screen.say("error", "Go to a room that you are in first.");
    if (room.members.state !== "known") {
      const outcome = await actions.loadMembers(roomIdOf(room));
      if (!outcome.ok) return screen.say("error", outcome.message);
    }
    screen.say("info", whoIsOnline(state(), state().conversations.get(room.key) ?? room));
  },
} satisfies SlashCommand;

function whoIsOnline({ people }: State, { members, title }: Conversation): string {
  const list = members.state === "known" ? members.list : [];
  const online = list.filter(({ id }) => people.get(id)?.online === true);
  if (online.length === 0) return `Nobody in #${title} is online.`;
  const names = online.slice(0, NAMES_MAX).map(({ username }) => username);
  const more = online.length > NAMES_MAX ? ` and ${online.length - NAMES_MAX} more` : "";
  return `${online.length} of ${list.length} in #${title} are online: ${names.join(", ")}${more}.`;
}
