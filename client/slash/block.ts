import { report } from "./report.ts";
import { demandPerson } from "./room-and-person.ts";
import type { SlashCommand } from "./slash-command.ts";

export const block = {
  name: "block",
  usage: "/block NAME",
  summary: "Take no direct messages and invitations from somebody",
  completes: "people",
  async run(context, argument) {
    const wanted = await demandPerson(context, argument, block.usage);
    if (wanted === undefined) return;
    const outcome = await context.actions.blockUser(wanted.person.id);
    report(
      context.screen,
      outcome,
      `${wanted.person.username} cannot write to you or invite you any more.`,
    );
  },
} satisfies SlashCommand;
