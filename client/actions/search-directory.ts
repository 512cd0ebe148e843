import { limits } from "@lair-chat/protocol/limits.ts";
import { withPeople } from "../store/people.ts";
import type { Directory, State } from "../store/state.ts";
import { type ActionParts, ask } from "./action-parts.ts";
import type { Actions, Outcome } from "./actions.ts";
import { done, outcomeOf } from "./outcome.ts";

type Parts = Pick<ActionParts, "store" | "sessions">;

/** Looking for rooms and people. */
export function searchActions(
  parts: Parts,
): Pick<Actions, "searchRooms" | "searchUsers" | "listRooms" | "listUsers"> {
  const { store } = parts;
  let asked = 0;

  /** Answers may overtake each other: only the one to the last question counts. */
  async function search(find: () => Promise<(state: State) => State>): Promise<Outcome> {
    asked += 1;
    const mine = asked;
    change(store, { loading: true, failed: undefined });
    const outcome = await outcomeOf(find);
    if (mine === asked) {
      change(store, { loading: false, failed: outcome.ok ? undefined : outcome.message });
      if (outcome.ok) store.update(outcome.value);
    }
    return outcome.ok ? done : outcome;
  }

  return {
    searchRooms: (text) => search(() => findRooms(parts, text)),
    searchUsers: (text) => search(() => findUsers(parts, text)),
    listRooms: (text, offset) =>
      outcomeOf(async () => {
        const found = await ask(parts, "list_rooms", pageOf(text, offset));
        return { items: found.rooms, total: found.total_count };
      }),
    listUsers: (text, offset) =>
      outcomeOf(async () => {
        const found = await ask(parts, "list_users", pageOf(text, offset));
        const online = new Set(found.online_user_ids);
        const items = found.users.map((user) => ({ ...user, online: online.has(user.id) }));
        return { items, total: found.total_count };
      }),
  };
}

function change({ update }: Parts["store"], directory: Partial<Directory>): void {
  update((state) => ({ ...state, directory: { ...state.directory, ...directory } }));
}

const filterOf = (text: string) => {
  const search = text.trim().slice(0, limits.searchChars);
  return search === "" ? {} : { filter: { search } };
};

const pageOf = (text: string, offset: number) => ({
  ...filterOf(text),
  limit: limits.pageSizeMax,
  offset,
});

async function findRooms(parts: Parts, text: string): Promise<(state: State) => State> {
  const found = await ask(parts, "list_rooms", { ...filterOf(text), limit: limits.pageSizeMax });
  const rooms = found.rooms.map(({ room, member_count: memberCount, is_member: isMember }) => ({
    id: room.id,
    name: room.name,
    description: room.description ?? undefined,
    memberCount,
    isMember,
    isPrivate: room.settings.is_private,
  }));
  return (state) => ({ ...state, directory: { ...state.directory, rooms } });
}

async function findUsers(parts: Parts, text: string): Promise<(state: State) => State> {
  const found = await ask(parts, "list_users", { ...filterOf(text), limit: limits.pageSizeMax });
  const online = new Set(found.online_user_ids);
  return (state) => {
    const others = found.users.filter(({ id }) => id !== state.me?.id);
    const users = others.map(({ id, username }) => ({ id, username, online: online.has(id) }));
    return { ...withPeople(state, users), directory: { ...state.directory, users } };
  };
}
