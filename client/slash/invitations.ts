import type { SlashCommand } from "./slash-command.ts";

export const invitations = {
  name: "invitations",
  usage: "/invitations",
  summary: "Show who invites you, to accept or decline",
  run: ({ screen }) => screen.show("invitations"),
} satisfies SlashCommand;
