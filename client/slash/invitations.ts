import type { SlashCommand } from "./slash-command.ts";

export const invitations = {
  name: "invitations",
  usage: "/invitations",
  summary: "Show who invites you, to accept or decline",
  async run({ actions, screen }) {
    screen.showInvitations();
    const outcome = await actions.loadInvitations();
    if (!outcome.ok) screen.say("error", outcome.message);
  },
} satisfies SlashCommand;
