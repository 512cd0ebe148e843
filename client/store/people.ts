import type { UserId } from "@lair-chat/protocol/ids.ts";
import type { Person, State } from "./state.ts";

const PEOPLE = 10_000;

/** Someone we heard of; where `online` is not given it stays as it was. */
export type Sighting = Pick<Person, "id" | "username"> & { readonly online?: boolean };

/** The state with these people known as they were last seen. */
export function withPeople(state: State, seen: readonly Sighting[]): State {
  const news = seen.filter((person) => isNews(state.people.get(person.id), person));
  if (news.length === 0) return state;
  const people = new Map(state.people);
  for (const { id, username, online } of news) {
    people.set(id, { id, username, online: online ?? people.get(id)?.online ?? false });
  }
  forgetSome(people);
  return { ...state, people };
}

function isNews(known: Person | undefined, { username, online }: Sighting): boolean {
  if (known === undefined || known.username !== username) return true;
  return online !== undefined && online !== known.online;
}

/** Those who were heard of first go first, unless they are here. */
function forgetSome(people: Map<UserId, Person>): void {
  for (const [id, { online }] of people) {
    if (people.size <= PEOPLE) return;
    if (!online) people.delete(id);
  }
}

/** Without a connection nobody is known to be there. */
export function allOffline(state: State): State {
  const present = [...state.people.values()].filter(({ online }) => online);
  return withPeople(
    state,
    present.map((person) => ({ ...person, online: false })),
  );
}
