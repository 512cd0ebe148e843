import type { AnyEvent, Result } from "@lair-chat/protocol/registry.ts";
import { checkEvent } from "@lair-chat/protocol/validate-incoming.ts";
import { applyEvent } from "./apply-event.ts";
import { readPage, withLogPage } from "./apply-log-page.ts";
import { withChain } from "./chain.ts";
import { changeConversation, keyOf } from "./conversation.ts";
import { withoutEntries } from "./log-range.ts";
import { withNotice } from "./notices.ts";
import type { Conversation, ConversationKey, State } from "./state.ts";

type Reply = Result<"resume">;
type Caught = Extract<Reply["conversations"][number], { readonly head: number }>;

/** How far we had each conversation that was asked for. */
export type Cursors = ReadonlyMap<ConversationKey, number>;

/** The state with everything that a resume brought, all of it at once. */
export function applyResume(
  state: State,
  reply: Reply,
  { cursors, now }: { readonly cursors: Cursors; readonly now: number },
): State {
  let next = state;
  for (const [key, found] of foundOf(reply, state)) {
    const from = cursors.get(key);
    // One that nobody named: the list of conversations brings it.
    if (from === undefined) continue;
    if ("gone" in found) next = withGone(next, key);
    else if (found.rewound === true) next = withSetBack(next, key, { head: found.head, now });
    else next = withCaught(next, key, { found, from, now });
  }
  return withOwnLog(next, reply, now);
}

/** The conversations of a reply by our names for them. */
export function foundOf(
  { conversations }: Reply,
  { me }: State,
): readonly (readonly [ConversationKey, Reply["conversations"][number]])[] {
  if (me === undefined) return [];
  return conversations.map((found) => [keyOf(found.target, me.id, me.id), found] as const);
}

function withGone(state: State, key: ConversationKey): State {
  return changeConversation(state, key, (before) =>
    before.joined && before.kind === "room" ? { ...before, joined: false } : before,
  );
}

function withCaught(
  state: State,
  key: ConversationKey,
  { found, from, now }: { readonly found: Caught; readonly from: number; readonly now: number },
): State {
  const reading = readPage(found, { side: "after", seq: from });
  return changeConversation(withLogPage(state, key, { reading, now }), key, (before) => {
    if (found.chain === null) return before;
    return withChain(before, { seq: found.head, value: found.chain });
  });
}

/** Both ends of our own log that we know of: what is pushed from here on follows on it. */
function withOwnLog(state: State, reply: Reply, now: number): State {
  const { log_id: id, user_entries: entries, user_head: head } = reply;
  const known = state.log?.id === id && reply.user_rewound !== true ? state.log.userSeq : undefined;
  let next = state;
  for (const entry of entries) {
    const event: AnyEvent | undefined = checkEvent(entry);
    if (event !== undefined) next = applyEvent(next, event, now);
  }
  const last = entries.at(-1)?.user_seq ?? (known === undefined ? head : known);
  const userSeq = Math.max(last, known ?? 0);
  if (state.log?.id === id && next.log?.userSeq === userSeq) return next;
  return { ...next, log: { id, userSeq } };
}

/**
 * The server's history of a conversation is another one than what we have: what we have of it is
 * no longer what the others see, and its numbers are given again. The server's is the truth.
 */
export function withSetBack(
  state: State,
  key: ConversationKey,
  { head, now }: { readonly head: number; readonly now: number },
): State {
  const before = state.conversations.get(key);
  if (before === undefined) return state;
  const { conversations, ...rest } = state;
  const next = new Map(conversations).set(key, setBack(before, head, now));
  return withNotice(
    { ...rest, conversations: next },
    {
      severity: "warning",
      text: `The server's history was set back to an earlier state, as ${timeOf(now)} showed (it was probably restored from a backup). What it has is loaded again; messages of yours that it lost are offered again.`,
      at: now,
    },
  );
}

const timeOf = (now: number): string => new Date(now).toISOString().slice(0, 16).replace("T", " ");

function setBack(before: Conversation, head: number, now: number): Conversation {
  const { chain: _, ...rest } = withoutEntries(before);
  return {
    ...rest,
    head,
    readSeq: Math.min(before.readSeq, head),
    serverReadSeq: Math.min(before.serverReadSeq, head),
    changes: new Map(),
    // Those the server had are offered again like the others, if they are missing.
    outgoing: before.outgoing.filter(({ status }) => status.state !== "sent"),
    setBack: { at: now, seq: head, isOffered: false },
  };
}
