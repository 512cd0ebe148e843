import type { SlashCommand } from "./slash-command.ts";

export const select = {
  name: "select",
  usage: "/select",
  summary: "Choose a message, to answer, edit or delete it",
  run: ({ screen }) => screen.chooseMessage(),
} satisfies SlashCommand;
