import type { ClientId, ConversationId, MessageId, UserId } from "@lair-chat/protocol/ids.ts";
import type { EntryKind } from "../log-entry.ts";
import type { ColumnKit } from "./column-kit.ts";
import type { ConversationsTable } from "./conversation-tables.ts";

/** The log of every conversation, in one table. */
export function logTables(kit: ColumnKit, conversations: ConversationsTable) {
  const logEntries = kit.table(
    "log_entries",
    {
      conversationId: kit
        .text("conversation_id")
        .$type<ConversationId>()
        .notNull()
        .references(() => conversations.id, { onDelete: "cascade" }),
      seq: kit.bigint("seq").notNull(),
      kind: kit.text("kind").$type<EntryKind>().notNull(),
      /** Null for what is no message. */
      messageId: kit.text("message_id").$type<MessageId>(),
      senderId: kit.text("sender_id").$type<UserId>().notNull(),
      senderName: kit.text("sender_name").notNull(),
      clientId: kit.text("client_id").$type<ClientId>(),
      /** SHA-256 of kind and payload as handed in: tells a retry from another message under the same client_id. */
      contentHash: kit.bytes("content_hash").notNull(),
      /** Opaque; sealed with key `keyId`, where 0 means not sealed. */
      payload: kit.bytes("payload").notNull(),
      keyId: kit.integer("key_id").notNull(),
      /** SHA-256 over the chain of the entry before, this entry's header and its content hash. Null for entries older than chains. */
      chain: kit.bytes("chain"),
      /** Over the row as it lies here, replaced with its payload: finds what the disk changed. Null as above. */
      checksum: kit.bytes("checksum"),
      /** Grows with `seq`, so a time is found by search over the primary key and needs no index. */
      createdAt: kit.bigint("created_at").notNull(),
    },
    (t) => [
      kit.primaryKey({ name: "log_entries_pk", columns: [t.conversationId, t.seq] }),
      // Ids that grow with time come first: new rows then share a few pages at the end of the index,
      // where one page per conversation would have to be written for each commit.
      kit.uniqueIndex("log_entries_client_id_unique").on(t.clientId, t.senderId, t.conversationId),
      kit.uniqueIndex("log_entries_message_id_unique").on(t.messageId),
    ],
  );
  return { logEntries };
}
