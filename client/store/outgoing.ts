import type { ClientId } from "@lair-chat/protocol/ids.ts";
import { withChain } from "./chain.ts";
import { spanOf } from "./conversation.ts";
import type { Conversation, Outgoing } from "./state.ts";

/** The conversation with a message of ours added to those on their way. */
export function withOutgoing(conversation: Conversation, message: Outgoing): Conversation {
  return { ...conversation, outgoing: [...conversation.outgoing, message] };
}

/** The conversation with one of them standing differently. */
export function withStatus(
  conversation: Conversation,
  clientId: ClientId,
  status: Outgoing["status"],
): Conversation {
  if (!conversation.outgoing.some((message) => message.clientId === clientId)) return conversation;
  const outgoing = conversation.outgoing.map((message) =>
    message.clientId === clientId ? { ...message, status } : message,
  );
  return { ...conversation, outgoing };
}

/** Where the server says that it has stored a message. */
export interface Ack {
  readonly seq: number;
  readonly chain?: string | undefined;
}

/** Acknowledged: it stays on screen until the log's own copy is there, which may have come first. */
export function withAck(
  conversation: Conversation,
  clientId: ClientId,
  { seq, chain }: Ack,
): Conversation {
  const chained =
    chain === undefined ? conversation : withChain(conversation, { seq, value: chain });
  const span = spanOf(chained);
  if (span !== undefined && seq <= span.to) return withoutOutgoing(chained, clientId);
  const status = { state: "sent", seq, ...(chain !== undefined && { chain }) } as const;
  const acked = withStatus(chained, clientId, status);
  return { ...acked, head: Math.max(acked.head, seq) };
}

export function withoutOutgoing(conversation: Conversation, clientId: ClientId): Conversation {
  const outgoing = conversation.outgoing.filter((message) => message.clientId !== clientId);
  return outgoing.length === conversation.outgoing.length
    ? conversation
    : { ...conversation, outgoing };
}
