import type { SlashCommand } from "./slash-command.ts";

export const password = {
  name: "password",
  usage: "/password",
  summary: "Change your password; your other sessions end",
  // What follows the name is not looked at: a password does not belong where it can be read.
  run: ({ screen }) => screen.show("password"),
} satisfies SlashCommand;
