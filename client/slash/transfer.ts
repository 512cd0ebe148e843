import { report } from "./report.ts";
import { demandRoomAndPerson } from "./room-and-person.ts";
import type { SlashCommand } from "./slash-command.ts";

export const transfer = {
  name: "transfer",
  usage: "/transfer NAME",
  summary: "Make somebody the owner of the room in your place",
  completes: "people",
  async run(context, argument) {
    const wanted = await demandRoomAndPerson(context, argument, transfer.usage);
    if (wanted === undefined) return;
    const { room, person } = wanted;
    const outcome = await context.actions.transferOwnership(room.id, person.id);
    report(
      context.screen,
      outcome,
      `${person.username} owns #${room.title} now; you are a moderator.`,
    );
  },
} satisfies SlashCommand;
