import type { SlashCommand } from "./slash-command.ts";

export const help = {
  name: "help",
  usage: "/help",
  summary: "Show all keys and commands",
  run: ({ screen }) => screen.showHelp(),
} satisfies SlashCommand;
