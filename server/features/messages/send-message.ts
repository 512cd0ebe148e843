import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { ClientId, ConversationId, MessageId } from "@lair-chat/protocol/ids.ts";
import type { Message, MessageTarget } from "@lair-chat/protocol/messages/shapes.ts";
import type { Handler } from "../../commands/handler.ts";
import { WrittenResult } from "../../commands/written-result.ts";
import type { LogEntry } from "../../storage/log-entry.ts";
import { timestamp, toBase64, toMessage } from "../conversations/log-rules.ts";
import { messageText } from "../conversations/message-text-rules.ts";
import { checkContent } from "./message-rules.ts";
import { type AppendTarget, appendMessageOperation } from "./message-store.ts";
import type { MessagesDeps } from "./messages-deps.ts";

export function createSendMessage({
  db,
  newId,
  repeats,
}: Pick<MessagesDeps, "db" | "newId" | "repeats">): Handler<"send_message"> {
  // Nothing is awaited before the write: messages of one connection are stored in the order they came.
  return async ({ session, strictness }, { target, content, client_id: clientId, follows }) => {
    const { entry, repeated } = await db.write(appendMessageOperation, {
      target: appendTarget(target, newId),
      sender: { id: session.userId, username: session.username },
      messageId: newId() as MessageId,
      clientId: clientId ?? null,
      follows,
      payload: checkContent(content),
    });
    if (repeated) repeats?.add();
    const ackId = strictness === "strict" ? clientId : undefined;
    // A late retry of what was stored, and deleted since: there is no message to give any more.
    if (entry.kind === "erased") {
      throw new ChatError(
        "message_deleted",
        ackId === undefined ? {} : { details: { ack: ackOf(entry, ackId) } },
      );
    }
    return new SentMessage(entry, ackId);
  };
}

class SentMessage extends WrittenResult {
  readonly #entry: LogEntry;
  readonly #ackId: ClientId | undefined;

  constructor(entry: LogEntry, ackId: ClientId | undefined) {
    super();
    this.#entry = entry;
    this.#ackId = ackId;
  }

  get message(): Message {
    return toMessage(this.#entry);
  }

  membersText(): string {
    const message = `"message":${messageText(this.#entry)}`;
    if (this.#ackId === undefined) return message;
    return `${message},"ack":${ackText(this.#entry, this.#ackId)}`;
  }

  toJSON(): object {
    const ack = this.#ackId === undefined ? {} : { ack: ackOf(this.#entry, this.#ackId) };
    return { message: this.message, ...ack };
  }
}

function appendTarget(target: MessageTarget, newId: () => string): AppendTarget {
  if (target.type === "room") return { kind: "room", roomId: target.room_id };
  const newConversationId = newId() as ConversationId;
  return { kind: "dm", recipient: target.recipient, newConversationId };
}

/** The same as JSON, of which nothing needs escaping. */
function ackText({ seq, createdAt, chain }: LogEntry, clientId: ClientId): string {
  const end = chain === null ? "" : `,"chain":"${toBase64(chain)}"`;
  return `{"client_id":"${clientId}","seq":${seq},"ts":"${timestamp(createdAt)}"${end}}`;
}

/** Where a message was stored. A retry gets the same. */
function ackOf({ seq, createdAt, chain }: LogEntry, clientId: ClientId) {
  const place = { client_id: clientId, seq, ts: timestamp(createdAt) };
  return chain === null ? place : { ...place, chain: toBase64(chain) };
}
