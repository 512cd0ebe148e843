import type { ConversationId } from "@lair-chat/protocol/ids.ts";

/** The end of a conversation's log: what the next entry goes behind. */
export interface LogPlace {
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Null where the newest entry is older than chains, or there is none. */
  readonly chain: Uint8Array | null;
}

/** The ends of logs as a transaction has moved them: each is read once and stored once, and not per entry. */
export interface LogPlaces {
  get(conversationId: ConversationId): LogPlace | undefined;
  /** It stands there when the transaction ends. */
  move(conversationId: ConversationId, place: LogPlace): void;
}

/** The same for one transaction of several operations: what one of them moved goes back when it is undone. */
export class TransactionPlaces implements LogPlaces {
  readonly #kept = new Map<ConversationId, LogPlace>();
  readonly #new = new Map<ConversationId, LogPlace>();

  get(conversationId: ConversationId): LogPlace | undefined {
    return this.#new.get(conversationId) ?? this.#kept.get(conversationId);
  }

  move(conversationId: ConversationId, place: LogPlace): void {
    this.#new.set(conversationId, place);
  }

  /** What the operation moved holds. */
  keep(): void {
    for (const [id, place] of this.#new) this.#kept.set(id, place);
    this.#new.clear();
  }

  /** The operation was undone. */
  undo(): void {
    this.#new.clear();
  }

  /** All that hold. */
  moved(): Iterable<readonly [ConversationId, LogPlace]> {
    return this.#kept;
  }
}
