import type { ConversationId } from "@lair-chat/protocol/ids.ts";

/** A payload as it lies in the database. */
export interface SealedPayload {
  readonly payload: Uint8Array;
  /** Which key it was sealed with; 0 means that it was not. */
  readonly keyId: number;
}

const notSealed = 0;

/** What every payload passes on its way into the database: the one place for encryption at rest. */
export function sealPayload(_conversationId: ConversationId, payload: Uint8Array): SealedPayload {
  return { payload, keyId: notSealed };
}

/** The way back. @throws Error when the key is unknown */
export function openPayload(conversationId: ConversationId, sealed: SealedPayload): Uint8Array {
  if (sealed.keyId === notSealed) return sealed.payload;
  throw new Error(`An entry of ${conversationId} is sealed with the unknown key ${sealed.keyId}.`);
}
