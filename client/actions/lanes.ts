import type { ClientId } from "@lair-chat/protocol/ids.ts";
import type { ConversationKey } from "../store/state.ts";

interface Lane {
  /** In the order they left. */
  readonly flying: ClientId[];
  /** One was not taken: nothing more leaves until all that is under way has an answer. */
  isGoingBack: boolean;
}

// After a refusal so many acknowledgements make room for one more.
const ACKS_PER_PLACE = 4;

/**
 * What is under way to the server, per conversation in order. How much of it at once becomes one
 * after a refusal and grows again with what is taken, so that a server that slows us down is not
 * answered with many messages for each that it takes. Pure: knows no connection and no clock.
 */
export class Lanes {
  readonly #lanes = new Map<ConversationKey, Lane>();
  readonly #most: number;
  #room: number;
  #flying = 0;

  constructor(most: number) {
    this.#most = most;
    this.#room = most;
  }

  get isFull(): boolean {
    return this.#flying >= Math.floor(this.#room);
  }

  isOpen(key: ConversationKey): boolean {
    return this.#lanes.get(key)?.isGoingBack !== true;
  }

  isUnderWay(key: ConversationKey, clientId: ClientId): boolean {
    return this.#lanes.get(key)?.flying.includes(clientId) === true;
  }

  /** Answers with the one it must not be stored without: the last of those that have no answer yet. */
  depart(key: ConversationKey, clientId: ClientId): ClientId | undefined {
    const lane = this.#lanes.get(key) ?? { flying: [], isGoingBack: false };
    this.#lanes.set(key, lane);
    const follows = lane.flying.at(-1);
    lane.flying.push(clientId);
    this.#flying += 1;
    return follows;
  }

  /** There is an answer to it. */
  land(key: ConversationKey, clientId: ClientId): void {
    const lane = this.#lanes.get(key);
    const at = lane?.flying.indexOf(clientId) ?? -1;
    if (lane === undefined || at < 0) return;
    lane.flying.splice(at, 1);
    this.#flying -= 1;
    if (lane.flying.length === 0) this.#lanes.delete(key);
  }

  /** Begins again with the first, once all that is under way there has an answer. */
  goBack(key: ConversationKey): void {
    const lane = this.#lanes.get(key);
    if (lane !== undefined) lane.isGoingBack = true;
  }

  narrow(): void {
    this.#room = 1;
  }

  widen(): void {
    this.#room = Math.min(this.#most, this.#room + 1 / ACKS_PER_PLACE);
  }

  /** The connection is another one: nothing is under way on it. */
  clear(): void {
    this.#lanes.clear();
    this.#flying = 0;
    this.#room = this.#most;
  }
}
