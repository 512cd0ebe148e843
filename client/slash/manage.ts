import { demandRoom } from "./room-and-person.ts";
import type { SlashCommand } from "./slash-command.ts";

export const manage = {
  name: "manage",
  usage: "/manage",
  summary: "List the members of the room on screen, to change, remove or ban one",
  run(context) {
    if (demandRoom(context) !== undefined) context.screen.show("members");
  },
} satisfies SlashCommand;
