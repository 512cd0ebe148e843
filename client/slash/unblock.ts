import { report } from "./report.ts";
import { demandPerson } from "./room-and-person.ts";
import type { SlashCommand } from "./slash-command.ts";

export const unblock = {
  name: "unblock",
  usage: "/unblock NAME",
  summary: "Take a block back",
  completes: "people",
  async run(context, argument) {
    const wanted = await demandPerson(context, argument, unblock.usage);
    if (wanted === undefined) return;
    const outcome = await context.actions.unblockUser(wanted.person.id);
    report(context.screen, outcome, `${wanted.person.username} can write to you again.`);
  },
} satisfies SlashCommand;
