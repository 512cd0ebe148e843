import { report } from "./report.ts";
import { demandRoomAndPerson } from "./room-and-person.ts";
import type { SlashCommand } from "./slash-command.ts";

export const unban = {
  name: "unban",
  usage: "/unban NAME",
  summary: "Let somebody into the room on screen again",
  completes: "people",
  async run(context, argument) {
    const wanted = await demandRoomAndPerson(context, argument, unban.usage);
    if (wanted === undefined) return;
    const { room, person } = wanted;
    const outcome = await context.actions.unban(room.id, person.id);
    report(context.screen, outcome, `${person.username} may come into #${room.title} again.`);
  },
} satisfies SlashCommand;
