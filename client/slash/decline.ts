import { findInvitation } from "./find-invitation.ts";
import { report } from "./report.ts";
import type { SlashCommand } from "./slash-command.ts";

export const decline = {
  name: "decline",
  usage: "/decline [ROOM]",
  summary: "Turn an invitation down",
  async run(context, argument) {
    const invitation = await findInvitation(context, argument);
    if (invitation === undefined) return;
    const { actions, screen } = context;
    const outcome = await actions.declineInvitation(invitation.id);
    report(screen, outcome, `You will not join #${invitation.roomName}.`);
  },
} satisfies SlashCommand;
