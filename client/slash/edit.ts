import { lastOwnMessage } from "./last-own.ts";
import type { SlashCommand } from "./slash-command.ts";

export const edit = {
  name: "edit",
  usage: "/edit [TEXT]",
  summary: "Change your last message; without text, where you write",
  async run({ actions, screen, state }, argument) {
    const message = lastOwnMessage(state());
    if (message === undefined) return screen.say("error", "There is no message of yours here.");
    if (argument === "") return screen.editLast();
    const outcome = await actions.editMessage(message.id, argument);
    if (!outcome.ok) screen.say("error", outcome.message);
  },
} satisfies SlashCommand;
