import { Type } from "typebox";
import { command, event } from "../define.ts";
import { ClientIdSchema, MessageIdSchema, RoomIdSchema, UserIdSchema } from "../ids.ts";
import { limits } from "../limits.ts";
import { plainSuccess } from "./plain-success.ts";
import {
  Chain,
  Content,
  Count,
  Limit,
  Message,
  MessageTarget,
  nullable,
  Seq,
  Timestamp,
  UserSeq,
} from "./shapes.ts";

const Position = Type.Union([Seq, Type.String({ maxLength: 40 })], {
  description: "A seq, or a time (RFC 3339)",
});

const targetQuery = {
  target_type: Type.String({ description: "room, or direct_message" }),
  target_id: Type.String({ description: "Room id, or the other user's id" }),
};

/** Query strings name a target in two parts; everything after this sees one. */
function withTarget({ target_type, target_id, ...rest }: Readonly<Record<string, unknown>>) {
  return { ...rest, target: targetOf(target_type, target_id) };
}

function targetOf(type: unknown, id: unknown): unknown {
  if (type === "room") return { type, room_id: id };
  if (type === "dm" || type === "direct_message") return { type: "dm", recipient: id };
  return { type };
}

/** 1.x writes `direct_message` over HTTP where it writes `dm` on TCP. */
function withDmTarget({ target, ...rest }: Readonly<Record<string, unknown>>) {
  const isLong =
    typeof target === "object" &&
    target !== null &&
    "type" in target &&
    target.type === "direct_message";
  return { ...rest, target: isLong ? { ...target, type: "dm" } : target };
}

const Ack = Type.Object(
  {
    client_id: ClientIdSchema,
    seq: Seq,
    ts: Timestamp,
    chain: Type.Optional(Chain),
  },
  {
    description:
      "With a client_id, to clients with the feature client_ids: where the message was stored; to a retry the same as the first time",
  },
);

export const sendMessage = command("send_message", {
  about:
    "Sends a message to a room you are in, or to a user. The reply comes when the message is on disk, and not before. With `follows` it is stored only behind the message that you sent to the same conversation with that client_id: what is sent ahead without waiting keeps its order when something before it is refused.",
  access: "session",
  rate: "message",
  params: {
    target: MessageTarget,
    content: Content,
    client_id: Type.Optional(ClientIdSchema),
    follows: Type.Optional(ClientIdSchema),
  },
  result: { message: Message, ack: Type.Optional(Ack) },
  errors: [
    "content_invalid",
    "room_not_found",
    "not_room_member",
    "user_not_found",
    "room_moderated",
    "user_blocked",
    "message_deleted",
    "id_conflict",
    "predecessor_missing",
    "storage_full",
  ],
  http: { method: "POST", path: "/messages", status: 201, toParams: withDmTarget },
});

export const editMessage = command("edit_message", {
  about: "Replaces the content of a message of yours, while you may write in its conversation.",
  access: "session",
  rate: "message",
  params: { message_id: MessageIdSchema, content: Content },
  result: { message: Message },
  errors: [
    "message_not_found",
    "not_message_author",
    "message_deleted",
    "content_invalid",
    "not_room_member",
    "room_moderated",
    "user_blocked",
    "storage_full",
  ],
  http: { method: "PATCH", path: "/messages/:message_id" },
});

export const deleteMessage = command("delete_message", {
  about:
    "Erases a message for everybody: its author, a moderator or owner of the room, or an admin. Its place in the log stays.",
  access: "session",
  rate: "message",
  params: { message_id: MessageIdSchema },
  result: {},
  errors: ["message_not_found", "permission_denied", "message_deleted", "storage_full"],
  http: {
    method: "DELETE",
    path: "/messages/:message_id",
    ...plainSuccess,
  },
});

export const markMessagesRead = command("mark_messages_read", {
  about:
    "Moves your read marker of a conversation forward (never back) and tells your other connections.",
  access: "session",
  rate: "api",
  params: {
    target: MessageTarget,
    up_to: Type.Union([Seq, MessageIdSchema], { description: "A seq, or a message's id" }),
  },
  result: {
    unread_count: Type.Integer({
      minimum: 0,
      description: "Messages of others behind the marker, among the newest 1,000 entries",
    }),
    read_seq: Seq,
  },
  errors: [
    "room_not_found",
    "not_room_member",
    "user_not_found",
    "message_not_found",
    "storage_full",
  ],
  http: { method: "POST", path: "/messages/read", toParams: withDmTarget },
});

export const getMessages = command("get_messages", {
  about:
    "Messages of a conversation, newest first. `before` and `after` bound the page (both exclusive); with `after` it holds the oldest ones behind it.",
  access: "session",
  rate: "api",
  params: {
    target: MessageTarget,
    limit: Type.Optional(Limit),
    before: Type.Optional(nullable(Position)),
    after: Type.Optional(nullable(Position)),
  },
  result: { messages: Type.Array(Message), has_more: Type.Boolean() },
  errors: ["room_not_found", "not_room_member", "user_not_found"],
  http: {
    method: "GET",
    path: "/messages",
    query: {
      ...targetQuery,
      limit: Type.Optional(Limit),
      before: Type.Optional(Position),
      after: Type.Optional(Position),
    },
    toParams: withTarget,
  },
});

const LogLimit = Type.Integer({
  minimum: 1,
  maximum: limits.logPageSizeMax,
  description: `Entries of the page, ${limits.logPageSize} unless said`,
});

export const getLog = command("get_log", {
  about:
    "Entries of a conversation's log in ascending seq, each as the event it was pushed as. Without bounds the newest page; `before` pages back, `after` forward (both exclusive).",
  access: "session",
  rate: "api",
  params: {
    target: MessageTarget,
    before: Type.Optional(Seq),
    after: Type.Optional(Seq),
    limit: Type.Optional(LogLimit),
  },
  result: {
    entries: Type.Array(
      Type.Object(
        { type: Type.String(), seq: Seq },
        {
          description:
            "A logged event; or entry_corrupt with corrupt: true, where the disk has changed what was stored",
        },
      ),
    ),
    head: Type.Integer({ minimum: 0, description: "The newest seq of the conversation" }),
    has_more: Type.Boolean({
      description: "Whether there is more in the direction that was asked for",
    }),
    history_starts_at: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          "The first seq that you may read; more than 1 where a room shows what was written since you joined",
      }),
    ),
  },
  errors: ["room_not_found", "not_room_member", "user_not_found"],
  http: {
    method: "GET",
    path: "/log",
    query: {
      ...targetQuery,
      before: Type.Optional(Seq),
      after: Type.Optional(Seq),
      limit: Type.Optional(LogLimit),
    },
    toParams: withTarget,
  },
});

export const messageReceived = event("message_received", {
  about:
    "A message was stored. To everybody in the conversation, the author's own connections included.",
  logged: true,
  payload: { message: Message, author_username: Type.String(), seq: Seq },
});

/** Latest time a `Date` can be. */
const lastMillisecond = 8_640_000_000_000_000;

const PackedMessage = Type.Tuple(
  [
    Seq,
    MessageIdSchema,
    UserIdSchema,
    Type.String(),
    Type.Integer({ minimum: 0, maximum: lastMillisecond }),
    Type.String(),
    nullable(ClientIdSchema),
  ],
  {
    description:
      "seq, id, author, author_username, created_at in milliseconds since 1970, content, client_id or null",
  },
);

export const roomMessages = event("room_messages", {
  about:
    "To clients with the feature packed, in place of one message_received for each: messages that were stored in a room behind each other. It says the same in half the bytes.",
  logged: false,
  unknownTo1x: true,
  payload: { room_id: RoomIdSchema, messages: Type.Array(PackedMessage, { minItems: 1 }) },
});

export const messageEdited = event("message_edited", {
  about:
    "A message has other content now. `message.seq` is its own place, `seq` that of the change. To members who may not read the message it says so without the content.",
  logged: true,
  payload: { message: Message, seq: Seq, created_at: Timestamp },
});

export const messageDeleted = event("message_deleted", {
  about:
    "A message was erased. In the log it stands twice: in the place of the message (`seq` equals `message_seq`), and where the erasure happened. `author` (new) is who had written it.",
  logged: true,
  payload: {
    message_id: MessageIdSchema,
    message_seq: Seq,
    target: MessageTarget,
    author: Type.Optional(UserIdSchema),
    deleted_by: UserIdSchema,
    seq: Seq,
    created_at: Timestamp,
  },
});

export const messagesRead = event("messages_read", {
  about:
    "You have read a conversation up to here. To all of your connections, the one that said so included.",
  logged: false,
  unknownTo1x: true,
  payload: {
    target: MessageTarget,
    read_seq: Seq,
    unread_count: Count,
    user_seq: Type.Optional(UserSeq),
  },
});
