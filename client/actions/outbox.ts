import { ChatError, errorTable } from "@lair-chat/protocol/errors.ts";
import type { ClientId } from "@lair-chat/protocol/ids.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import type { Clock } from "../clock.ts";
import { ConnectionError } from "../connection/connection-error.ts";
import { isSessionOver, isTokenStale } from "../connection/credentials.ts";
import type { LiveLink } from "../connection/link.ts";
import { changeConversation, targetOf } from "../store/conversation.ts";
import type { Store } from "../store/create-store.ts";
import { withNotice } from "../store/notices.ts";
import { type Ack, withAck, withStatus } from "../store/outgoing.ts";
import type { Conversation, ConversationKey, Outgoing, State } from "../store/state.ts";
import { Lanes } from "./lanes.ts";
import type { Online } from "./online.ts";
import { retryAfterMs } from "./retry-after.ts";

export interface OutboxDeps {
  readonly store: Store<State>;
  readonly online: Online;
  readonly clock: Clock;
}

// The server takes `limits.requestsInFlight` at once; what else is asked for needs room beside these.
const IN_FLIGHT = limits.requestsInFlight - 4;
const SEND_MS = 30_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Brings what was written to the server, in order and under the same id until the outcome is known:
 * stored, or refused for good. Whatever lies between is tried again. Each message that is sent while
 * one before it in its conversation is under way names that one, so that it is not stored without it.
 */
export class Outbox {
  readonly #deps: OutboxDeps;
  /** On disk here, so that it may leave. */
  readonly #ready = new Set<ClientId>();
  readonly #lanes = new Lanes(IN_FLIGHT);
  readonly #pauses = new Map<ConversationKey, () => void>();
  readonly #refusals = new Map<ConversationKey, number>();
  #link: LiveLink | undefined;

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
  }

  /** These are on disk and may be sent. */
  release(clientIds: Iterable<ClientId>): void {
    for (const clientId of clientIds) this.#ready.add(clientId);
    this.pump();
  }

  isUnderWay(key: ConversationKey, clientId: ClientId): boolean {
    return this.#lanes.isUnderWay(key, clientId);
  }

  /** Does not wait any longer before trying again. */
  hurry(key: ConversationKey): void {
    this.#endPause(key);
    this.pump();
  }

  /** Sends whatever can be sent now. */
  pump(): void {
    const { store, online } = this.#deps;
    const { link } = online;
    if (link === undefined) return;
    if (link !== this.#link) {
      // What was under way on another one is sent again, before anything new.
      this.#link = link;
      this.#lanes.clear();
    }
    for (let isAnySent = true; isAnySent; ) {
      isAnySent = false;
      // In turns, so that a long queue in one conversation does not hold up the others.
      for (const { key } of store.get().conversations.values()) {
        if (this.#lanes.isFull) return;
        const next = this.#next(key);
        if (next === undefined) continue;
        isAnySent = true;
        void this.#deliver(key, next, link);
      }
    }
  }

  [Symbol.dispose](): void {
    for (const cancel of this.#pauses.values()) cancel();
    this.#pauses.clear();
  }

  /** The first that waits; what is not on disk yet holds up those behind it. */
  #next(key: ConversationKey): Outgoing | undefined {
    const outgoing = this.#deps.store.get().conversations.get(key)?.outgoing ?? [];
    if (outgoing.length === 0 || this.#pauses.has(key) || !this.#lanes.isOpen(key))
      return undefined;
    const next = outgoing.find(
      ({ clientId, status }) =>
        status.state === "sending" && !this.#lanes.isUnderWay(key, clientId),
    );
    return next !== undefined && this.#ready.has(next.clientId) ? next : undefined;
  }

  async #deliver(key: ConversationKey, message: Outgoing, link: LiveLink): Promise<void> {
    const { clientId, content } = message;
    const follows = this.#lanes.depart(key, clientId);
    const params = {
      ...{ target: targetOf(key), content, client_id: clientId },
      ...(follows !== undefined && { follows }),
    };
    try {
      const { message: stored, ack } = await link.call("send_message", params, {
        timeoutMs: SEND_MS,
      });
      this.#land(link, key, clientId);
      this.#acked(key, clientId, { seq: stored.seq, chain: ack?.chain });
    } catch (error) {
      this.#land(link, key, clientId);
      if (error instanceof ConnectionError) {
        // Nothing can be sent over a link that is gone; the next one begins anew.
        this.#unknown(link, key, error);
        return;
      } else if (error instanceof ChatError) {
        this.#refused(link, { key, clientId, error });
      } else throw error;
      // A session that is over shows itself when the next link signs in.
      if (isSessionOver(error) || isTokenStale(error)) {
        link.close(new ConnectionError("lost", "the server"));
      }
    }
    this.pump();
  }

  #land(link: LiveLink, key: ConversationKey, clientId: ClientId): void {
    if (link === this.#link) this.#lanes.land(key, clientId);
  }

  #acked(key: ConversationKey, clientId: ClientId, ack: Ack): void {
    this.#ready.delete(clientId);
    this.#refusals.delete(key);
    this.#lanes.widen();
    this.#change(key, (conversation) => withAck(conversation, clientId, ack));
  }

  /** It may be stored or not: the same id tells the server, on the next link at the latest. */
  #unknown(link: LiveLink, key: ConversationKey, error: ConnectionError): void {
    if (link === this.#link) this.#lanes.goBack(key);
    if (error.kind === "too_busy") this.#pause(key, FIRST_PAUSE_MS);
    if (error.kind === "no_answer") link.close(error);
  }

  #refused(
    link: LiveLink,
    refusal: {
      readonly key: ConversationKey;
      readonly clientId: ClientId;
      readonly error: ChatError;
    },
  ): void {
    const { key, clientId, error } = refusal;
    if (isSessionOver(error) || isTokenStale(error)) return;
    // What follows it is refused as well; all of them leave again, in order, when the last is back.
    if (link === this.#link) this.#lanes.goBack(key);
    if (error.code === "predecessor_missing") return;
    if (!errorTable[error.code].retry) {
      this.#change(key, (conversation) =>
        withStatus(conversation, clientId, { state: "failed", message: error.message }),
      );
      return;
    }
    this.#lanes.narrow();
    this.#pause(key, this.#pauseMs(key, error));
    if (error.code !== "rate_limited") this.#tell(error.message);
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
