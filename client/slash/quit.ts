import type { SlashCommand } from "./slash-command.ts";

export const quit = {
  name: "quit",
  usage: "/quit",
  summary: "Quit; you stay signed in on this machine",
  run: ({ screen }) => screen.quit(),
} satisfies SlashCommand;
