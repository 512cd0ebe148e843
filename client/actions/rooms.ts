import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { RoomId } from "@lair-chat/protocol/ids.ts";
import type { Room, RoomRole } from "@lair-chat/protocol/messages/shapes.ts";
import {
  changeConversation,
  newConversation,
  roomKey,
  withConversation,
} from "../store/conversation.ts";
import { factsOfRoom } from "../store/room-facts.ts";
import type { State } from "../store/state.ts";
import { type ActionParts, ask } from "./action-parts.ts";
import type { Actions } from "./actions.ts";
import { outcomeOf } from "./outcome.ts";

type Parts = Pick<ActionParts, "store" | "sessions">;

/** Making rooms, going into them and out of them. */
export function roomActions(parts: Parts): Pick<Actions, "createRoom" | "joinRoom" | "leaveRoom"> {
  const { store, sessions } = parts;
  return {
    createRoom: ({ name, description, isPrivate }) =>
      outcomeOf(async () => {
        const { room } = await ask(parts, "create_room", {
          name,
          ...(description === "" ? {} : { description }),
          settings: { public: !isPrivate },
        });
        store.update((state) => withRoom(state, { room, role: "owner", seq: 1, memberCount: 1 }));
        return room.id;
      }),

    joinRoom: (roomId) => outcomeOf(() => join(parts, roomId)),

    leaveRoom: (roomId) =>
      outcomeOf(async () => {
        await ask(parts, "leave_room", { room_id: roomId });
        store.update((state) => withoutRoom(state, roomId));
        void sessions.current?.catchUp.run();
      }),
  };
}

async function join(parts: Parts, roomId: RoomId): Promise<void> {
  const { store, sessions } = parts;
  try {
    const { room, membership, seq = 0 } = await ask(parts, "join_room", { room_id: roomId });
    const { directory } = store.get();
    const others = directory.rooms.find(({ id }) => id === roomId)?.memberCount ?? 0;
    const joined = { room, role: membership.role, seq, memberCount: others + 1 };
    store.update((state) => withRoom(state, joined));
  } catch (error) {
    // That is what was wanted, only this window had not heard of it.
    const isMember = error instanceof ChatError && error.code === "already_member";
    if (!isMember) throw error;
    await sessions.current?.catchUp.run();
  }
}

interface JoinedRoom {
  readonly room: Room;
  readonly role: RoomRole;
  /** Of our joining: what stands before it is no news. */
  readonly seq: number;
  readonly memberCount: number;
}

function withRoom(state: State, { room, role, seq, memberCount }: JoinedRoom): State {
  const key = roomKey(room.id);
  const facts = {
    ...factsOfRoom(room),
    role,
    joined: true,
  };
  const before = state.conversations.get(key);
  // Our own joining may have been heard of before this answer; then the counts are right already.
  const next =
    before === undefined
      ? newConversation({ key, ...facts, memberCount, head: seq, readSeq: seq })
      : {
          ...before,
          ...facts,
          head: Math.max(before.head, seq),
          readSeq: Math.max(before.readSeq, seq),
        };
  return withMembership(withConversation(state, next), room.id, true);
}

function withoutRoom(state: State, roomId: RoomId): State {
  const left = changeConversation(state, roomKey(roomId), (before) => ({
    ...before,
    joined: false,
    typing: new Map(),
  }));
  return withMembership(left, roomId, false);
}

/** The list of rooms that was asked for before shows it too. */
function withMembership(state: State, roomId: RoomId, isMember: boolean): State {
  const { directory } = state;
  const rooms = directory.rooms.map((room) => (room.id === roomId ? { ...room, isMember } : room));
  return { ...state, directory: { ...directory, rooms } };
}
