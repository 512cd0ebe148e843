import { report } from "./report.ts";
import { demandRoom } from "./room-and-person.ts";
import type { SlashCommand } from "./slash-command.ts";

export const makePrivate = {
  name: "private",
  usage: "/private",
  summary: "Hide the room on screen from everybody who is not in it",
  async run(context) {
    const room = demandRoom(context);
    if (room === undefined) return;
    const outcome = await context.actions.updateRoom(room.id, { isPrivate: true });
    report(context.screen, outcome, `#${room.title} is private now: one needs an invitation.`);
  },
} satisfies SlashCommand;
