import { report } from "./report.ts";
import { demandRoomAndPerson } from "./room-and-person.ts";
import type { SlashCommand } from "./slash-command.ts";

export const kick = {
  name: "kick",
  usage: "/kick NAME",
  summary: "Remove somebody from the room on screen",
  completes: "people",
  async run(context, argument) {
    const wanted = await demandRoomAndPerson(context, argument, kick.usage);
    if (wanted === undefined) return;
    const { room, person } = wanted;
    const outcome = await context.actions.kick(room.id, person.id);
    report(
      context.screen,
      outcome,
      `${person.username} is out of #${room.title} and may join again.`,
    );
  },
} satisfies SlashCommand;
