import { limits } from "@lair-chat/protocol/limits.ts";
import type { Person, State } from "../store/state.ts";
import { closestName } from "./closest.ts";
import { splitWord } from "./parse.ts";
import type { SlashCommand, SlashContext } from "./slash-command.ts";

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

async function findPerson(context: SlashContext, name: string): Promise<Person | undefined> {
  const { actions, state, screen } = context;
  const known = named(state(), name);
  if (known !== undefined) return known;
  const outcome = await actions.searchUsers(name.slice(0, limits.searchChars));
  const found = named(state(), name);
  if (found !== undefined) return found;
  screen.say("error", outcome.ok ? notFound(state(), name) : outcome.message);
  return undefined;
}

const everybody = ({ people, directory }: State): Person[] => [
  ...people.values(),
  ...directory.users,
];

const named = (state: State, name: string): Person | undefined =>
  everybody(state).find(({ username }) => username.toLowerCase() === name.toLowerCase());

function notFound(state: State, name: string): string {
  const names = everybody(state).map(({ username }) => username);
  const closest = closestName(name, names);
  const meant = closest === undefined ? "" : ` Did you mean ${closest}?`;
  return `There is nobody called ${name}.${meant}`;
}
