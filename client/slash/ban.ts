import { report } from "./report.ts";
import { demandRoomAndPerson } from "./room-and-person.ts";
import type { SlashCommand } from "./slash-command.ts";

export const ban = {
  name: "ban",
  usage: "/ban NAME [REASON]",
  summary: "Keep somebody out of the room on screen",
  completes: "people",
  async run(context, argument) {
    const wanted = await demandRoomAndPerson(context, argument, ban.usage);
    if (wanted === undefined) return;
    const { room, person, rest } = wanted;
    const outcome = await context.actions.ban(room.id, person.id, rest);
    report(context.screen, outcome, `${person.username} is kept out of #${room.title}.`);
  },
} satisfies SlashCommand;
