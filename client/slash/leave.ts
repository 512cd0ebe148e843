import { openRoom, roomIdOf } from "./open-room.ts";
import type { SlashCommand } from "./slash-command.ts";

export const leave = {
  name: "leave",
  usage: "/leave",
  summary: "Leave the room on screen",
  async run({ actions, screen, state }) {
    const room = openRoom(state());
    if (room === undefined) return screen.say("error", "Go to a room that you are in first.");
    const outcome = await actions.leaveRoom(roomIdOf(room));
    if (outcome.ok) screen.say("info", `You left #${room.title}.`);
    else screen.say("error", outcome.message);
  },
} satisfies SlashCommand;
