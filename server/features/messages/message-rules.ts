import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { UserId } from "@lair-chat/protocol/ids.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import { type Actor, demand, type Resource } from "../../rights/can.ts";
import type { EntryKind } from "../../storage/log-entry.ts";
import { encodeContent } from "../conversations/log-rules.ts";

/** The bytes of a message that may be sent. @throws ChatError `content_invalid` */
export function checkContent(content: string): Uint8Array {
  // Half a surrogate pair has no UTF-8: it would be stored as another character than was sent.
  if (content.trim() === "" || !content.isWellFormed()) throw new ChatError("content_invalid");
  const bytes = encodeContent(content);
  if (bytes.length > limits.contentBytes) throw new ChatError("content_invalid");
  return bytes;
}

/** Somebody where a message stands, or is to stand. */
export interface Writer {
  readonly id: UserId;
  readonly actor: Actor;
  readonly resource: Resource;
  /** In a direct conversation: whichever of the two blocked the other. */
  readonly isBlocked: boolean;
}

/** As much of a message as decides who may change it. */
export interface MessageFacts {
  readonly kind: EntryKind;
  readonly senderId: UserId;
}

/** @throws ChatError why somebody may not write there */
export function demandWrite({ actor, resource, isBlocked }: Omit<Writer, "id">): void {
  demand(actor, "conversation.write", resource);
  if (isBlocked) throw new ChatError("user_blocked");
}

/** @throws ChatError why somebody may not edit a message: only its author may, who may still write there */
export function demandEdit(writer: Writer, message: MessageFacts): void {
  const { actor, resource, isBlocked } = writer;
  demand(actor, isOwn(writer, message) ? "message.edit_own" : "message.edit_others", resource);
  if (isBlocked) throw new ChatError("user_blocked");
  demandPresent(message);
}

/** @throws ChatError why somebody may not delete a message */
export function demandDelete(writer: Writer, message: MessageFacts): void {
  const { actor, resource } = writer;
  demand(actor, isOwn(writer, message) ? "message.delete_own" : "message.delete_others", resource);
  demandPresent(message);
}

function isOwn({ id }: Writer, { senderId }: MessageFacts): boolean {
  return id === senderId;
}

/** Only asked once it is no secret that there was such a message. */
function demandPresent({ kind }: MessageFacts): void {
  if (kind === "erased") throw new ChatError("message_deleted");
}
