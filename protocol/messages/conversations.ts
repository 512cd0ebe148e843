import { Type } from "typebox";
import { command } from "../define.ts";
import { UserIdSchema } from "../ids.ts";
import { Count, Limit, nullable, Room, RoomRole, Seq } from "./shapes.ts";

const Conversation = Type.Union([
  Type.Object({
    kind: Type.Literal("room"),
    room: Room,
    role: RoomRole,
    member_count: Count,
    head: Seq,
    read_seq: Seq,
    unread_count: Count,
  }),
  Type.Object({
    kind: Type.Literal("dm"),
    peer: Type.Object({ id: UserIdSchema, username: Type.String() }),
    online: Type.Boolean(),
    head: Seq,
    read_seq: Seq,
    unread_count: Count,
  }),
]);

export const listConversations = command("list_conversations", {
  about:
    "Every room and direct conversation you are in, with the newest seq of each: what a client needs to catch up. Unread messages are counted among the newest 1,000 entries of each, so a count is exact up to there and a lower bound beyond.",
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
