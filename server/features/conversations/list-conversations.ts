import { limits } from "@lair-chat/protocol/limits.ts";
import type { Result } from "@lair-chat/protocol/registry.ts";
import type { Handler } from "../../commands/handler.ts";
import { toWireRoom } from "../rooms/room-rules.ts";
import { type ListedConversation, listConversations } from "./conversation-store.ts";
import type { ConversationsDeps } from "./conversations-deps.ts";
import { unreadCounts } from "./unread-store.ts";

type WireConversation = Result<"list_conversations">["conversations"][number];

export function createListConversations({
  db,
  presence,
}: ConversationsDeps): Handler<"list_conversations"> {
  return async ({ session }, { after, limit = limits.logPageSize }) => {
    const page = await listConversations(db, session.userId, { after, limit });
    const last = page.conversations.at(-1);
    const markers = page.conversations.map(({ id, ...marker }) => ({
      ...marker,
      conversationId: id,
    }));
    const unread = await unreadCounts(db, session.userId, markers);
    return {
      conversations: page.conversations.map((conversation) =>
        toWire(conversation, unread.get(conversation.id) ?? 0, presence),
      ),
      next: page.hasMore && last !== undefined ? last.id : null,
      has_more: page.hasMore,
    };
  };
}

function toWire(
  conversation: ListedConversation,
  unread: number,
  presence: ConversationsDeps["presence"],
): WireConversation {
  const { head, readSeq } = conversation;
  const read = { head, read_seq: readSeq, unread_count: unread };
  if (conversation.kind === "room") {
    const { room, role } = conversation;
    return { kind: "room", room: toWireRoom(room), role, member_count: room.memberCount, ...read };
  }
  // They share this conversation, so each may know whether the other is here.
  const { peer } = conversation;
  return { kind: "dm", peer, online: presence.isOnline(peer.id), ...read };
}
