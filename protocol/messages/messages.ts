import { Type } from "typebox";
import { command, event } from "../define.ts";
import { ClientIdSchema, UserIdSchema } from "../ids.ts";
import { limits } from "../limits.ts";
import {
  Content,
  Count,
  Limit,
  Message,
  MessageTarget,
  nullable,
  Room,
  RoomRole,
  Seq,
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

export const sendMessage = command("send_message", {
  about:
    "Sends a message to a room you are in, or to a user. The reply comes when the message is on disk, and not before.",
  access: "session",
  rate: "message",
  params: { target: MessageTarget, content: Content, client_id: Type.Optional(ClientIdSchema) },
  result: { message: Message },
  errors: [
    "content_invalid",
    "room_not_found",
    "not_room_member",
    "user_not_found",
    "id_conflict",
    "storage_full",
  ],
  http: { method: "POST", path: "/messages", status: 201, toParams: withDmTarget },
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
      Type.Object({ type: Type.String(), seq: Seq }, { description: "A logged event" }),
    ),
    head: Type.Integer({ minimum: 0, description: "The newest seq of the conversation" }),
    has_more: Type.Boolean({
      description: "Whether there is more in the direction that was asked for",
    }),
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

const Conversation = Type.Union([
  Type.Object({
    kind: Type.Literal("room"),
    room: Room,
    role: RoomRole,
    member_count: Count,
    head: Seq,
  }),
  Type.Object({
    kind: Type.Literal("dm"),
    peer: Type.Object({ id: UserIdSchema, username: Type.String() }),
    online: Type.Boolean(),
    head: Seq,
  }),
]);

export const listConversations = command("list_conversations", {
  about:
    "Every room and direct conversation you are in, with the newest seq of each: what a client needs to catch up.",
  access: "session",
  rate: "api",
  params: {
    after: Type.Optional(Type.String({ maxLength: 64, description: "`next` of the page before" })),
    limit: Type.Optional(Limit),
  },
  result: {
    conversations: Type.Array(Conversation),
    next: Type.Optional(nullable(Type.String({ description: "Ask again with this as `after`" }))),
    has_more: Type.Boolean(),
  },
  errors: [],
  http: {
    method: "GET",
    path: "/conversations",
    query: { after: Type.Optional(Type.String({ maxLength: 64 })), limit: Type.Optional(Limit) },
  },
});

export const messageReceived = event("message_received", {
  about:
    "A message was stored. To everybody in the conversation, the author's own connections included.",
  logged: true,
  payload: { message: Message, author_username: Type.String(), seq: Seq },
});
