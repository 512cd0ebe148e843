import { lastOwnMessage } from "./last-own.ts";
import { report } from "./report.ts";
import type { SlashCommand } from "./slash-command.ts";

const YES = "yes";
const SHOWN_CHARS = 40;

export const deleteLast = {
  name: "delete",
  usage: "/delete",
  summary: "Delete your last message in the conversation on screen",
  async run({ actions, screen, state }, argument) {
    const message = lastOwnMessage(state());
    if (message === undefined) return screen.say("error", "There is no message of yours here.");
    if (argument !== YES) {
      const start = message.content.slice(0, SHOWN_CHARS);
      const text = `This deletes your last message for everybody: "${start}". /delete ${YES} does it.`;
      return screen.say("error", text);
    }
    report(screen, await actions.deleteMessage(message.id), "Your message is deleted.");
  },
} satisfies SlashCommand;
