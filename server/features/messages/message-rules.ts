import { ChatError } from "@lair-chat/protocol/errors.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import { encodeContent } from "../conversations/log-rules.ts";

/** The bytes of a message that may be sent. @throws ChatError `content_invalid` */
export function checkContent(content: string): Uint8Array {
  // Half a surrogate pair has no UTF-8: it would be stored as another character than was sent.
  if (content.trim() === "" || !content.isWellFormed()) throw new ChatError("content_invalid");
  const bytes = encodeContent(content);
  if (bytes.length > limits.contentBytes) throw new ChatError("content_invalid");
  return bytes;
}
