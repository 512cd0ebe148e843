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

type PlaceOf = (conversationId: ConversationId) => LogPlace | undefined;

/** The same for one transaction of several operations: what one of them moved goes back when it is undone. */
export class TransactionPlaces implements LogPlaces {
  readonly #moved = new Map<ConversationId, LogPlace>();
  readonly #before: PlaceOf;
  /** What the operation that runs has moved, with where it was; undefined for what was not moved before. */
  #undo: Array<readonly [ConversationId, LogPlace | undefined]> = [];

  /** `before`: where logs are known to end without a look, before the transaction. */
  constructor(before: PlaceOf) {
    this.#before = before;
  }

  get(conversationId: ConversationId): LogPlace | undefined {
    return this.#moved.get(conversationId) ?? this.#before(conversationId);
  }

  move(conversationId: ConversationId, place: LogPlace): void {
    this.#undo.push([conversationId, this.#moved.get(conversationId)]);
    this.#moved.set(conversationId, place);
  }

  /** What the operation moved holds. */
  keep(): void {
    this.#undo = [];
  }

  /** The operation was undone. */
  undo(): void {
    for (const [id, place] of this.#undo.toReversed()) {
      if (place === undefined) this.#moved.delete(id);
      else this.#moved.set(id, place);
    }
    this.#undo = [];
  }

  /** All that hold. */
  moved(): Iterable<readonly [ConversationId, LogPlace]> {
    return this.#moved;
  }
}
