import { report } from "./report.ts";
import { demandRoomAndPerson } from "./room-and-person.ts";
import type { SlashCommand } from "./slash-command.ts";

const YES = "yes";

export const transfer = {
  name: "transfer",
  usage: "/transfer NAME",
  summary: "Make somebody the owner of the room in your place",
  completes: "people",
  async run(context, argument) {
    const wanted = await demandRoomAndPerson(context, argument, transfer.usage);
    if (wanted === undefined) return;
    const { room, person, rest } = wanted;
    if (rest !== YES) {
      const text = `You would be a moderator of #${room.title}, and only ${person.username} could change that. /transfer ${person.username} ${YES} does it.`;
      return context.screen.say("error", text);
    }
    const outcome = await context.actions.transferOwnership(room.id, person.id);
    report(
      context.screen,
      outcome,
      `${person.username} owns #${room.title} now; you are a moderator.`,
    );
  },
} satisfies SlashCommand;
