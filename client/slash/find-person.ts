import { limits } from "@lair-chat/protocol/limits.ts";
import type { Person, State } from "../store/state.ts";
import { closestName } from "./closest.ts";
import type { SlashContext } from "./slash-command.ts";

/** Who is called so, as this client knows or the server does; where nobody is, says so. */
export async function findPerson(context: SlashContext, name: string): Promise<Person | undefined> {
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
