import type { ClientId, MessageId, RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import type { Room } from "@lair-chat/protocol/messages/shapes.ts";
import type { EventOf, LoggedEvent, Result } from "@lair-chat/protocol/registry.ts";
import { newConversation, roomKey } from "../conversation.ts";
import { type Conversation, initialState, type State } from "../state.ts";

const uuid = (n: number) => `00000000-0000-7000-8000-${n.toString().padStart(12, "0")}`;

export const ann = uuid(1) as UserId;
export const bob = uuid(2) as UserId;
export const lobby = uuid(100) as RoomId;
export const lobbyKey = roomKey(lobby);
export const clientId = (n: number) => uuid(5000 + n) as ClientId;

const created_at = "2026-03-01T12:00:00.000Z";

export function message(
  seq: number,
  { author = bob, id }: { author?: UserId; id?: ClientId } = {},
): EventOf<"message_received"> {
  return {
    type: "message_received",
    seq,
    author_username: author === ann ? "ann" : "bob",
    message: {
      id: uuid(1000 + seq) as MessageId,
      author,
      target: { type: "room", room_id: lobby },
      content: `message ${seq}`,
      edited: false,
      created_at,
      seq,
      ...(id === undefined ? {} : { client_id: id }),
    },
  };
}

export function join(seq: number, who: UserId = bob): EventOf<"user_joined_room"> {
  return {
    type: "user_joined_room",
    room_id: lobby,
    user: {
      id: who,
      username: who === ann ? "ann" : "bob",
      email: "",
      role: "user",
      created_at,
      updated_at: created_at,
      last_seen_at: null,
    },
    membership: { room_id: lobby, user_id: who, role: "member", joined_at: created_at },
    seq,
    created_at,
  };
}

export function leave(seq: number, who: UserId = bob): EventOf<"user_left_room"> {
  return {
    type: "user_left_room",
    room_id: lobby,
    user_id: who,
    username: who === ann ? "ann" : "bob",
    reason: "left",
    seq,
    created_at,
  };
}

/** What the server pushes when a message has other content. */
export function edit(
  seq: number,
  { message: before }: EventOf<"message_received">,
  content = `as of ${seq}`,
): EventOf<"message_edited"> {
  return { type: "message_edited", message: { ...before, content, edited: true }, seq, created_at };
}

/** What the server says where a message was erased, and in the place of the message. */
export function erasure(
  seq: number,
  { message: { id, seq: message_seq, target } }: EventOf<"message_received">,
): EventOf<"message_deleted"> {
  const message_id = id;
  const deleted_by = ann;
  return { type: "message_deleted", message_id, message_seq, target, deleted_by, seq, created_at };
}

export function roleChange(
  seq: number,
  who: UserId,
  new_role: EventOf<"member_role_changed">["new_role"],
): EventOf<"member_role_changed"> {
  return {
    type: "member_role_changed",
    room_id: lobby,
    user_id: who,
    username: who === ann ? "ann" : "bob",
    old_role: "member",
    new_role,
    changed_by: bob,
    seq,
    created_at,
  };
}

export const theRoom: Room = {
  id: lobby,
  name: "lobby",
  owner: ann,
  description: "hello",
  settings: {
    description: "hello",
    is_private: false,
    public: true,
    max_members: null,
    moderated: false,
    join_role: "member",
    history: "shared",
  },
  created_at,
};

export const roomUpdate = (
  seq: number,
  room: Partial<Room>,
  ...changes: string[]
): EventOf<"room_updated"> => ({
  type: "room_updated",
  room: { ...theRoom, ...room },
  changed_by: bob,
  changes,
  seq,
  created_at,
});

/** A `get_log` page as the server gives it. */
export function page(
  log: readonly LoggedEvent[],
  bound: { before?: number; after?: number; limit: number },
): Result<"get_log"> {
  const { before, after, limit } = bound;
  const head = log.at(-1)?.seq ?? 0;
  if (after !== undefined) {
    const rest = log.filter(({ seq }) => seq > after);
    return { entries: rest.slice(0, limit), head, has_more: rest.length > limit };
  }
  const rest = log.filter(({ seq }) => before === undefined || seq < before);
  return { entries: rest.slice(-limit), head, has_more: rest.length > limit };
}

export function stateWith(conversation: Partial<Conversation> = {}): State {
  return {
    ...initialState,
    me: {
      id: ann,
      username: "ann",
      role: "user",
      server: "localhost:8080",
      transport: "plaintext",
    },
    conversations: new Map([
      [lobbyKey, newConversation({ key: lobbyKey, title: "lobby", ...conversation })],
    ]),
  };
}

/** The conversation of `stateWith`. */
export function theLobby(state: State): Conversation {
  const conversation = state.conversations.get(lobbyKey);
  if (conversation === undefined) throw new Error("the lobby is gone");
  return conversation;
}
