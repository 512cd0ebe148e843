import { report } from "./report.ts";
import { demandRoom } from "./room-and-person.ts";
import type { SlashCommand } from "./slash-command.ts";

export const topic = {
  name: "topic",
  usage: "/topic [TEXT]",
  summary: "Change what the room on screen is about",
  async run(context, argument) {
    const room = demandRoom(context);
    if (room === undefined) return;
    const outcome = await context.actions.updateRoom(room.id, { description: argument });
    report(
      context.screen,
      outcome,
      argument === "" ? "The topic is removed." : "The topic is changed.",
    );
  },
} satisfies SlashCommand;
