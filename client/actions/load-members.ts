import type { RoomId } from "@lair-chat/protocol/ids.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import type { Result } from "@lair-chat/protocol/registry.ts";
import { changeConversation, roomKey } from "../store/conversation.ts";
import { withPeople } from "../store/people.ts";
import type { Members, State } from "../store/state.ts";
import { type ActionParts, ask } from "./action-parts.ts";
import type { Actions } from "./actions.ts";
import { done, outcomeOf } from "./outcome.ts";

type Parts = Pick<ActionParts, "store" | "sessions">;
type RoomMember = Result<"get_room_members">["members"][number];

// More than anybody scrolls through; the count beside the room's name is right in any case.
const PAGES = 50;

/** Who is in a room. */
export function loadMembersAction(parts: Parts): Pick<Actions, "loadMembers"> {
  const { store } = parts;
  const set = (roomId: RoomId, members: Members): void =>
    store.update((state) =>
      changeConversation(state, roomKey(roomId), (before) => ({ ...before, members })),
    );
  return {
    async loadMembers(roomId) {
      const before = store.get().conversations.get(roomKey(roomId))?.members;
      // A list that is there already stays on screen while it is asked for again.
      if (before?.state !== "known") set(roomId, { state: "loading" });
      const outcome = await outcomeOf(() => allMembers(parts, roomId));
      if (!outcome.ok) {
        set(roomId, { state: "failed", message: outcome.message });
        return outcome;
      }
      store.update((state) => withMembers(state, roomId, outcome.value));
      return done;
    },
  };
}

async function allMembers(parts: Parts, roomId: RoomId): Promise<readonly RoomMember[]> {
  const all: RoomMember[] = [];
  for (let page = 0; page < PAGES; page += 1) {
    const { members, has_more: hasMore } = await ask(parts, "get_room_members", {
      room_id: roomId,
      limit: limits.pageSizeMax,
      offset: all.length,
    });
    all.push(...members);
    if (!hasMore || members.length === 0) break;
  }
  return all;
}

function withMembers(state: State, roomId: RoomId, members: readonly RoomMember[]): State {
  const seen = members.map(({ user_id: id, username, is_online: online }) => ({
    id,
    username,
    online,
  }));
  const list = members.map(({ user_id: id, username, role }) => ({ id, username, role }));
  return changeConversation(withPeople(state, seen), roomKey(roomId), (before) => ({
    ...before,
    members: { state: "known", list },
  }));
}
