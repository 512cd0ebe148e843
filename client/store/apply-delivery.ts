import { type AnyEvent, type EventOf, events } from "@lair-chat/protocol/registry.ts";
import { withChain } from "./chain.ts";
import { changeConversation, keyOf, spanOf } from "./conversation.ts";
import type { State } from "./state.ts";

/** An entry of our own log that we have already; what it says of a conversation's log has its own place there. */
export function isOldUserEntry(state: State, event: AnyEvent): boolean {
  const seq = userSeqOf(event);
  if (seq === undefined || state.log === undefined || events[event.type].logged) return false;
  return seq <= state.log.userSeq;
}

/** The state after an entry of our own log; one behind a hole is fetched again with what is missing. */
export function withUserSeq(state: State, event: AnyEvent): State {
  const { log } = state;
  const userSeq = userSeqOf(event);
  if (log === undefined || userSeq !== log.userSeq + 1) return state;
  return { ...state, log: { ...log, userSeq } };
}

export function userSeqOf(event: AnyEvent): number | undefined {
  return "user_seq" in event ? event.user_seq : undefined;
}

/** Where the logs end, as the server has them on disk. */
export function applyHeads(state: State, { heads }: EventOf<"heads">): State {
  const { me } = state;
  if (me === undefined) return state;
  return heads.reduce(
    (next, { target, seq, chain }) =>
      changeConversation(next, keyOf(target, me.id, me.id), (before) => {
        const head = Math.max(before.head, seq);
        const raised = head === before.head ? before : { ...before, head };
        return chain === null ? raised : withChain(raised, { seq, value: chain });
      }),
    state,
  );
}

/** Whether the heads tell of anything that we lack, or have otherwise. */
export function isBehind(state: State, { heads, log_id, user_seq }: EventOf<"heads">): boolean {
  const { me, log, conversations } = state;
  if (me === undefined) return false;
  if (log?.id !== log_id || (user_seq ?? 0) > log.userSeq) return true;
  return heads.some(({ target, seq, chain }) => {
    const conversation = conversations.get(keyOf(target, me.id, me.id));
    if (conversation === undefined) return true;
    const known = conversation.chain;
    const isOther = known?.seq === seq && chain !== null && known.value !== chain;
    return isOther || seq > (spanOf(conversation)?.to ?? conversation.head);
  });
}
