import type { SlashCommand } from "./slash-command.ts";

export const profile = {
  name: "profile",
  usage: "/profile",
  summary: "Show your account and change its e-mail address",
  run: ({ screen }) => screen.show("profile"),
} satisfies SlashCommand;
