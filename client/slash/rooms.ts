import type { SlashCommand } from "./slash-command.ts";

export const rooms = {
  name: "rooms",
  usage: "/rooms",
  summary: "List the rooms, those one can join too",
  run: ({ screen }) => screen.showFinder("rooms"),
} satisfies SlashCommand;
