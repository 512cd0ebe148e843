import type { SlashCommand } from "./slash-command.ts";

export const users = {
  name: "users",
  usage: "/users",
  summary: "List the people of this server",
  run: ({ screen }) => screen.showFinder("people"),
} satisfies SlashCommand;
