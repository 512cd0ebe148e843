import type { Clock } from "../clock.ts";
import type { LocalStore } from "../local-store/local-store.ts";
import type { Acked } from "../local-store/store-write.ts";
import { changeConversation, spanOf } from "../store/conversation.ts";
import type { Store } from "../store/create-store.ts";
import { indexOfSeq } from "../store/message-changes.ts";
import type { Conversation, ConversationKey, State } from "../store/state.ts";
import type { KeptSaved } from "./keep-saved.ts";
import type { LogLoader } from "./load-log.ts";

export interface OfferAgainDeps {
  readonly store: Store<State>;
  readonly clock: Clock;
  readonly log: LogLoader;
  readonly local: Pick<LocalStore, "acked">;
  readonly saved: Pick<KeptSaved, "saveNow">;
}

// A restored backup is mostly a day old, and what is further back is still there.
const PAGES = 50;
const LOST = "The server had stored this and has lost it. Send it again or discard it.";

/**
 * After a history was set back: those of our own messages that the server had acknowledged and that
 * are not there any more stand among the unsent ones again, under the same ids.
 */
export async function offerAgain(deps: OfferAgainDeps): Promise<void> {
  for (const { key, setBack } of [...deps.store.get().conversations.values()]) {
    if (setBack !== undefined && !setBack.isOffered) await offerIn(deps, key);
  }
}

async function offerIn(deps: OfferAgainDeps, key: ConversationKey): Promise<void> {
  const { store, log, local, saved } = deps;
  // What was acknowledged in this very moment is known there too.
  await saved.saveNow();
  const own = local.acked(key);
  if (own.length > 0) {
    for (
      let pages = 0;
      pages < PAGES && isOpenQuestion(own, conversationOf(store, key));
      pages += 1
    ) {
      const before = conversationOf(store, key);
      const outcome = await log.loadOlder(key);
      // Without an answer it stays to be done: the next time everything is caught up with.
      if (!outcome.ok || conversationOf(store, key) === before) return;
    }
  }
  store.update((state) =>
    changeConversation(state, key, (conversation) => withOffer(conversation, own)),
  );
}

const conversationOf = (store: Store<State>, key: ConversationKey): Conversation | undefined =>
  store.get().conversations.get(key);

/** Whether more of the log has to be read to know which are there: all before one that is are as well. */
function isOpenQuestion(own: readonly Acked[], conversation: Conversation | undefined): boolean {
  if (conversation === undefined) return false;
  const span = spanOf(conversation);
  if (span === undefined) return true;
  if (conversation.reachedStart || own.every(({ seq }) => seq >= span.from)) return false;
  return !own.some((message) => isThere(conversation, message));
}

function isThere({ entries }: Conversation, { seq, clientId }: Acked): boolean {
  const entry = entries[indexOfSeq(entries, seq)];
  return entry?.kind === "message" && entry.clientId === clientId;
}

function withOffer(conversation: Conversation, own: readonly Acked[]): Conversation {
  const { setBack, outgoing } = conversation;
  if (setBack === undefined) return conversation;
  const newestThere = own.findLastIndex((message) => isThere(conversation, message));
  const known = new Set(outgoing.map(({ clientId }) => clientId));
  const lost = own.slice(newestThere + 1).filter((message) => isMissing(conversation, message));
  const offered = lost
    .filter(({ clientId }) => !known.has(clientId))
    .map(({ clientId, content, createdAt }) => {
      const status = { state: "failed", message: LOST } as const;
      return { clientId, content, createdAt, status };
    });
  return {
    ...conversation,
    setBack: { ...setBack, isOffered: true },
    outgoing: [...offered, ...outgoing],
  };
}

/** What stands in its place is another one; an erased one is nobody's any more. */
function isMissing(conversation: Conversation, { seq }: Acked): boolean {
  const span = spanOf(conversation);
  if (span !== undefined && seq < span.from) return false;
  const entry = conversation.entries[indexOfSeq(conversation.entries, seq)];
  return entry?.kind !== "deleted";
}
