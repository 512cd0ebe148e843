import type { SlashCommand } from "./slash-command.ts";

export const members = {
  name: "members",
  usage: "/members",
  summary: "Show or hide who is in the room",
  run: ({ screen }) => screen.toggleMembers(),
} satisfies SlashCommand;
