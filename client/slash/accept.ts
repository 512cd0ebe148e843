import { findInvitation } from "./find-invitation.ts";
import type { SlashCommand } from "./slash-command.ts";

export const accept = {
  name: "accept",
  usage: "/accept [ROOM]",
  summary: "Join a room that you were invited to",
  async run(context, argument) {
    const invitation = await findInvitation(context, argument);
    if (invitation === undefined) return;
    const { actions, screen } = context;
    const outcome = await actions.acceptInvitation(invitation.id);
    if (outcome.ok) actions.openConversation(`room:${outcome.value}`);
    else screen.say("error", outcome.message);
  },
} satisfies SlashCommand;
