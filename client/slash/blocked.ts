import type { SlashCommand } from "./slash-command.ts";

export const blocked = {
  name: "blocked",
  usage: "/blocked",
  summary: "Show whom you block, to take a block back",
  run: ({ screen }) => screen.show("blocked"),
} satisfies SlashCommand;
