import type { SlashCommand } from "./slash-command.ts";

export const menu = {
  name: "menu",
  usage: "/menu",
  summary: "Show what can be done here",
  run: ({ screen }) => screen.show("menu"),
} satisfies SlashCommand;
