import { findPerson } from "./find-person.ts";
import { splitWord } from "./parse.ts";
import type { SlashCommand } from "./slash-command.ts";

export const msg = {
  name: "msg",
  usage: "/msg USER [TEXT]",
  summary: "Write to somebody directly",
  completes: "people",
  async run(context, argument) {
    const { word, rest } = splitWord(argument);
    const name = word.replace(/^@/, "");
    if (name === "") return context.screen.showFinder("people");
    const person = await findPerson(context, name);
    if (person === undefined) return;
    const { actions, screen } = context;
    actions.openDirect(person.id, person.username);
    if (rest === "") return;
    const outcome = actions.send(`dm:${person.id}`, rest);
    if (!outcome.ok) screen.say("error", outcome.message);
  },
} satisfies SlashCommand;
