import type { SlashCommand } from "./slash-command.ts";

export const sent = {
  name: "sent",
  usage: "/sent",
  summary: "Show the invitations you sent, to take one back",
  run: ({ screen }) => screen.show("sent"),
} satisfies SlashCommand;
