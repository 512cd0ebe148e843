import type { RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import type { ConversationKey, State } from "../../store/state.ts";
import type { SwitcherScope } from "../dialogs/dialog.ts";
import { conversationOrder, unreadIn } from "./conversation-list.ts";
import { fuzzyScore } from "./fuzzy-match.ts";

/** Something one can go to. Names are raw: pass them through safeText. */
export type SwitcherItem =
  | {
      readonly kind: "conversation";
      readonly key: ConversationKey;
      readonly isRoom: boolean;
      readonly name: string;
      readonly unread: number;
    }
  | {
      readonly kind: "person";
      readonly userId: UserId;
      readonly name: string;
      readonly isOnline: boolean;
    }
  | {
      readonly kind: "room";
      readonly roomId: RoomId;
      readonly name: string;
      readonly memberCount: number;
      readonly description: string | undefined;
    };

type SwitcherState = Pick<State, "conversations" | "open" | "people" | "directory" | "me">;

/** More than anyone reads; typing narrows it. */
const ITEMS_MAX = 200;

/** What matches, best first; without a search what is unread comes first. */
export function switcherItems(
  state: SwitcherState,
  scope: SwitcherScope,
  wanted: string,
): readonly SwitcherItem[] {
  const scored = candidates(state, scope).flatMap((item, index) => {
    const score = fuzzyScore(wanted.trim(), item.name);
    return score === undefined ? [] : [{ item, index, score: score + bonus(item, wanted) }];
  });
  return scored
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .slice(0, ITEMS_MAX)
    .map(({ item }) => item);
}

const UNREAD_BONUS = 100;
const KNOWN_BONUS = 2;

function bonus(item: SwitcherItem, wanted: string): number {
  if (item.kind !== "conversation") return 0;
  return wanted.trim() === "" && item.unread > 0 ? UNREAD_BONUS : KNOWN_BONUS;
}

function candidates(state: SwitcherState, scope: SwitcherScope): SwitcherItem[] {
  return [
    ...joined(state).filter(({ isRoom }) => scope === "all" || isRoom === (scope === "rooms")),
    ...(scope === "rooms" ? [] : strangers(state)),
    ...(scope === "people" ? [] : joinable(state)),
  ];
}

const joined = (state: SwitcherState) =>
  conversationOrder(state).map((conversation) => ({
    kind: "conversation" as const,
    key: conversation.key,
    isRoom: conversation.kind === "room",
    name: conversation.title,
    unread: unreadIn(conversation, state.open),
  }));

/** People without a conversation yet: those met in rooms and those the server found. */
function strangers({ people, directory, conversations, me }: SwitcherState): SwitcherItem[] {
  const known = new Map([...directory.users, ...people.values()].map((user) => [user.id, user]));
  return [...known.values()]
    .filter(({ id }) => id !== me?.id && !conversations.has(`dm:${id}`))
    .sort((a, b) => Number(b.online) - Number(a.online) || (a.username < b.username ? -1 : 1))
    .map(({ id, username, online }) => ({
      kind: "person",
      userId: id,
      name: username,
      isOnline: online,
    }));
}

function joinable({ directory, conversations }: SwitcherState): SwitcherItem[] {
  return directory.rooms
    .filter(({ id, isMember }) => !(isMember || conversations.has(`room:${id}`)))
    .map(({ id, name, memberCount, description }) => ({
      kind: "room",
      roomId: id,
      name,
      memberCount,
      description,
    }));
}
