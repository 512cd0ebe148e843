import { ChatError, errorTable } from "@lair-chat/protocol/errors.ts";
import type { ClientId } from "@lair-chat/protocol/ids.ts";
import type { Clock } from "../clock.ts";
import { ConnectionError } from "../connection/connection-error.ts";
import { isSessionOver, isTokenStale } from "../connection/credentials.ts";
import { changeConversation, targetOf } from "../store/conversation.ts";
import type { Store } from "../store/create-store.ts";
import { withNotice } from "../store/notices.ts";
import { withAck, withStatus } from "../store/outgoing.ts";
import type { Conversation, ConversationKey, Outgoing, State } from "../store/state.ts";
import type { Online } from "./online.ts";
import { retryAfterMs } from "./retry-after.ts";

export interface OutboxDeps {
  readonly store: Store<State>;
  readonly online: Online;
  readonly clock: Clock;
}

// The server may refuse one message for a while and take the next one, so a conversation has only
// one under way: what was written first is stored first. Many conversations go beside each other.
const CONVERSATIONS_AT_ONCE = 24;
const SEND_MS = 30_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Brings what was written to the server, in order and under the same id until the outcome is known:
 * stored, or refused for good. Whatever lies between is tried again.
 */
export class Outbox {
  readonly #deps: OutboxDeps;
  /** On disk here, so that it may leave. */
  readonly #ready = new Set<ClientId>();
  readonly #underWay = new Map<ConversationKey, ClientId>();
  readonly #pauses = new Map<ConversationKey, () => void>();
  readonly #refusals = new Map<ConversationKey, number>();

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
  }

  /** These are on disk and may be sent. */
  release(clientIds: Iterable<ClientId>): void {
    for (const clientId of clientIds) this.#ready.add(clientId);
    this.pump();
  }

  isUnderWay(key: ConversationKey, clientId: ClientId): boolean {
    return this.#underWay.get(key) === clientId;
  }

  /** Does not wait any longer before trying again. */
  hurry(key: ConversationKey): void {
    this.#endPause(key);
    this.pump();
  }

  /** Sends whatever can be sent now. */
  pump(): void {
    const { store, online } = this.#deps;
    if (online.link === undefined) return;
    for (const conversation of store.get().conversations.values()) {
      if (this.#underWay.size >= CONVERSATIONS_AT_ONCE) return;
      const next = this.#next(conversation);
      if (next !== undefined) void this.#deliver(conversation.key, next);
    }
  }

  [Symbol.dispose](): void {
    for (const cancel of this.#pauses.values()) cancel();
    this.#pauses.clear();
  }

  #next({ key, outgoing }: Conversation): Outgoing | undefined {
    if (this.#underWay.has(key) || this.#pauses.has(key)) return undefined;
    const next = outgoing.find(({ status }) => status.state === "sending");
    return next !== undefined && this.#ready.has(next.clientId) ? next : undefined;
  }

  async #deliver(key: ConversationKey, { clientId, content }: Outgoing): Promise<void> {
    const { online } = this.#deps;
    const { link } = online;
    this.#underWay.set(key, clientId);
    try {
      const params = { target: targetOf(key), content, client_id: clientId };
      const { message } = await online.call("send_message", params, { timeoutMs: SEND_MS });
      this.#underWay.delete(key);
      this.#acked(key, clientId, message.seq);
    } catch (error) {
      this.#underWay.delete(key);
      if (error instanceof ConnectionError) {
        this.#unknown(key, error);
      } else if (error instanceof ChatError) {
        this.#refused(key, clientId, error);
      } else throw error;
      // A session that is over shows itself when the next link signs in.
      if (isSessionOver(error) || isTokenStale(error)) {
        link?.close(new ConnectionError("lost", "the server"));
      }
    }
  }

  #acked(key: ConversationKey, clientId: ClientId, seq: number): void {
    this.#ready.delete(clientId);
    this.#refusals.delete(key);
    this.#change(key, (conversation) => withAck(conversation, clientId, { seq }));
    this.pump();
  }

  /** It may be stored or not: the same id tells the server, on the next link at the latest. */
  #unknown(key: ConversationKey, error: ConnectionError): void {
    if (error.kind === "too_busy") this.#pause(key, FIRST_PAUSE_MS);
    if (error.kind === "no_answer") this.#deps.online.link?.close(error);
  }

  #refused(key: ConversationKey, clientId: ClientId, error: ChatError): void {
    if (isSessionOver(error) || isTokenStale(error)) return;
    if (errorTable[error.code].retry) {
      this.#pause(key, this.#pauseMs(key, error));
      if (error.code !== "rate_limited") this.#tell(error.message);
      return;
    }
    this.#change(key, (conversation) =>
      withStatus(conversation, clientId, { state: "failed", message: error.message }),
    );
    this.pump();
  }

  #pauseMs(key: ConversationKey, error: ChatError): number {
    const refusals = this.#refusals.get(key) ?? 0;
    this.#refusals.set(key, refusals + 1);
    const growing = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** refusals);
    return retryAfterMs(error, growing);
  }

  #pause(key: ConversationKey, ms: number): void {
    this.#endPause(key);
    this.#pauses.set(
      key,
      this.#deps.clock.after(ms, () => this.hurry(key)),
    );
  }

  #endPause(key: ConversationKey): void {
    this.#pauses.get(key)?.();
    this.#pauses.delete(key);
  }

  #change(key: ConversationKey, change: (conversation: Conversation) => Conversation): void {
    this.#deps.store.update((state) => changeConversation(state, key, change));
  }

  #tell(text: string): void {
    const { store, clock } = this.#deps;
    store.update((state) => withNotice(state, { severity: "warning", text, at: clock.now() }));
  }
}
