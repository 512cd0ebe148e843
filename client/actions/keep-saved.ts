import type { ClientId } from "@lair-chat/protocol/ids.ts";
import type { Clock } from "../clock.ts";
import type { Account } from "../files/accounts.ts";
import type { SessionData, StoredOutgoing } from "../files/session-data.ts";
import { newConversation } from "../store/conversation.ts";
import type { Store } from "../store/create-store.ts";
import { withNotice } from "../store/notices.ts";
import type { Conversation, ConversationKey, State } from "../store/state.ts";
import { isOutside } from "./outcome.ts";

export interface KeepSavedDeps {
  readonly store: Store<State>;
  readonly clock: Clock;
  readonly account: Account;
}

const QUIET_MS = 2_000;
const MARKERS = 10_000;
const DRAFTS = 200;
const DRAFT_CHARS = 8_192;
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

/** Keeps in the account's file what must survive the end of this process. */
export class KeptSaved {
  readonly #deps: KeepSavedDeps;
  readonly #unsubscribe: () => void;
  #cancel: (() => void) | undefined;
  #saved: State["conversations"];

  constructor(deps: KeepSavedDeps) {
    this.#deps = deps;
    this.#saved = deps.store.get().conversations;
    this.#unsubscribe = deps.store.subscribe(() => this.#plan());
  }

  /** Resolves when all that there is now is on disk, or when that is not possible and was told. */
  async saveNow(): Promise<void> {
    const { account, store, clock } = this.#deps;
    this.#cancel?.();
    this.#cancel = undefined;
    const { conversations } = store.get();
    this.#saved = conversations;
    try {
      await account.save((data) => ({ ...data, ...snapshot(data, conversations) }));
    } catch (error) {
      if (!isOutside(error)) throw error;
      const notice = { severity: "error", text: error.message, at: clock.now() } as const;
      store.update((state) => withNotice(state, notice));
    }
  }

  /** Saves for the last time. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#unsubscribe();
    await this.saveNow();
  }

  #plan(): void {
    const { store, clock } = this.#deps;
    if (this.#cancel !== undefined || store.get().conversations === this.#saved) return;
    this.#cancel = clock.after(QUIET_MS, () => void this.saveNow());
  }
}

type Snapshot = Pick<SessionData, "read" | "drafts" | "outgoing">;

/** What is to be kept; of conversations the server has not listed yet, what was kept before. */
function snapshot(
  before: Pick<SessionData, "read" | "drafts">,
  conversations: State["conversations"],
): Snapshot {
  const all = [...conversations.values()];
  const unlisted = [...before.drafts].filter(([key]) => !conversations.has(key));
  const drafts = all.flatMap(({ key, draft }) =>
    draft === "" ? [] : [[key, draft.slice(0, DRAFT_CHARS)] as const],
  );
  const read = new Map([...before.read, ...all.map(({ key, readSeq }) => [key, readSeq] as const)]);
  return {
    read: new Map([...read].slice(-MARKERS)),
    drafts: new Map([...unlisted, ...drafts].slice(-DRAFTS)),
    outgoing: all.flatMap(storedOutgoing),
  };
}

function storedOutgoing({ key, title, outgoing }: Conversation): readonly StoredOutgoing[] {
  return outgoing.flatMap(({ clientId, content, createdAt, status }) => {
    if (status.state === "sent") return [];
    const failed = status.state === "failed" ? status.message : undefined;
    return [{ key, title, clientId, content, createdAt, failed }];
  });
}

/** The state with what an earlier run of the client could not send. */
export function withUnsent(state: State, data: SessionData, now: number): State {
  if (data.outgoing.length === 0) return state;
  const conversations = new Map(state.conversations);
  for (const stored of data.outgoing) {
    const { key, title } = stored;
    const conversation =
      conversations.get(key) ?? newConversation({ key, title, ...remembered(data, key) });
    const { clientId, content, createdAt } = stored;
    const status = statusOf(stored, now);
    const outgoing = [...conversation.outgoing, { clientId, content, createdAt, status }];
    conversations.set(key, { ...conversation, outgoing });
  }
  return { ...state, conversations };
}

function remembered({ read, drafts }: SessionData, key: ConversationKey) {
  return { readSeq: read.get(key) ?? 0, draft: drafts.get(key) ?? "" };
}

function statusOf({ failed, createdAt }: StoredOutgoing, now: number) {
  if (failed !== undefined) return { state: "failed", message: failed } as const;
  if (now - createdAt < WEEK_MS) return { state: "sending" } as const;
  // After so long nobody wants it to go out unasked.
  const message = "It could not be sent for a week. Send it again or discard it.";
  return { state: "failed", message } as const;
}

/** Those of an earlier run that are already on disk. */
export function unsentIds(data: SessionData): readonly ClientId[] {
  return data.outgoing.map(({ clientId }) => clientId);
}
