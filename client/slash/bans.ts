import { demandRoom } from "./room-and-person.ts";
import type { SlashCommand } from "./slash-command.ts";

export const bans = {
  name: "bans",
  usage: "/bans",
  summary: "Show who is banned from the room on screen, to unban one",
  run(context) {
    if (demandRoom(context) !== undefined) context.screen.show("bans");
  },
} satisfies SlashCommand;
