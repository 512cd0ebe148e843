import type { Chained, Conversation } from "./state.ts";

/**
 * The conversation with a chain the server told; the furthest one is kept. Another one for the same
 * place is not taken: with ours the server can be asked which of the two its history has.
 */
export function withChain(conversation: Conversation, chain: Chained): Conversation {
  const known = conversation.chain;
  return known !== undefined && known.seq >= chain.seq ? conversation : { ...conversation, chain };
}
