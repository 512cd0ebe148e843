import type { SlashCommand } from "./slash-command.ts";

const PRIVATE = /(^|\s)--private(?=\s|$)/;

export const create = {
  name: "create",
  usage: "/create NAME [--private]",
  summary: "Create a room; into a private one you invite people",
  async run({ actions, screen }, argument) {
    const isPrivate = PRIVATE.test(argument);
    const name = argument.replace(PRIVATE, " ").trim().replace(/^#/, "");
    if (name === "") return screen.showCreateRoom("");
    const outcome = await actions.createRoom({ name, description: "", isPrivate });
    if (outcome.ok) actions.openConversation(`room:${outcome.value}`);
    else screen.say("error", outcome.message);
  },
} satisfies SlashCommand;
