import { newestMessage, quoteOf } from "./quote.ts";
import type { SlashCommand } from "./slash-command.ts";

export const reply = {
  name: "reply",
  usage: "/reply [TEXT]",
  summary: "Quote the newest message and answer it; without text, choose a message",
  run({ actions, screen, state }, argument) {
    if (argument === "") return screen.chooseMessage();
    const { open } = state();
    const message = newestMessage(state());
    if (open === undefined || message === undefined) {
      return screen.say("error", "There is no message here to answer.");
    }
    const outcome = actions.send(open, `${quoteOf(message)}\n${argument}`);
    if (!outcome.ok) screen.say("error", outcome.message);
  },
} satisfies SlashCommand;
