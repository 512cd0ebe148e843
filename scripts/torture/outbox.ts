/** One logical send of a device: made once, tried until it is settled. */
export interface Send {
  readonly id: string;
  readonly conversation: string;
  readonly content: string;
  readonly hash: string;
  /** Whether an attempt ended without anybody knowing how: it must be tried until there is an answer. */
  isUnsure: boolean;
  isFlying: boolean;
}

/** What is to be sent now. */
export interface Departure {
  readonly send: Send;
  /** The send of this device that must stand in the log before it. */
  readonly follows: string | undefined;
}

interface Lane {
  /** In order; none of them settled. */
  sends: Send[];
  flying: number;
  /** One was refused: nothing more leaves until all that flies has landed. */
  isGoingBack: boolean;
  heldUntil: number;
  lastStored: string | undefined;
}

const holdMs = 300;

/** What a device has to send, per conversation in order. Pure: knows no connection and no clock. */
export class Outbox {
  readonly #lanes = new Map<string, Lane>();
  #flying = 0;

  get flying(): number {
    return this.#flying;
  }

  get unsettled(): number {
    let count = 0;
    for (const { sends } of this.#lanes.values()) count += sends.length;
    return count;
  }

  /** How much waits for its first or next attempt. */
  get waiting(): number {
    return this.unsettled - this.#flying;
  }

  add(send: Send): void {
    this.#lane(send.conversation).sends.push(send);
  }

  /** For a device that starts again: what stands last in the log of its own. */
  remember(conversation: string, lastStored: string): void {
    this.#lane(conversation).lastStored = lastStored;
  }

  /** The next that may leave; it counts as flying from then on. */
  depart(now: number): Departure | undefined {
    for (const [conversation, lane] of this.#lanes) {
      if (lane.isGoingBack || now < lane.heldUntil) continue;
      const index = lane.sends.findIndex(({ isFlying }) => !isFlying);
      const send = lane.sends[index];
      if (send === undefined) continue;
      send.isFlying = true;
      lane.flying += 1;
      this.#flying += 1;
      // Turns go round: this conversation is asked last the next time.
      this.#lanes.delete(conversation);
      this.#lanes.set(conversation, lane);
      return { send, follows: lane.sends[index - 1]?.id ?? lane.lastStored };
    }
    return undefined;
  }

  stored(send: Send): void {
    const lane = this.#land(send);
    lane.sends = lane.sends.filter((other) => other !== send);
    lane.lastStored = send.id;
  }

  /** Refused. Unless it is given up for good, it and what was sent behind it are tried again. */
  refused(send: Send, now: number, giveUp: boolean): void {
    const lane = this.#land(send);
    lane.isGoingBack = true;
    lane.heldUntil = now + holdMs;
    if (giveUp && !send.isUnsure) lane.sends = lane.sends.filter((other) => other !== send);
    if (lane.flying === 0) lane.isGoingBack = false;
  }

  /** The connection went with it. */
  lost(send: Send): void {
    send.isUnsure = true;
    const lane = this.#land(send);
    if (lane.flying === 0) lane.isGoingBack = false;
  }

  #land(send: Send): Lane {
    const lane = this.#lane(send.conversation);
    send.isFlying = false;
    lane.flying -= 1;
    this.#flying -= 1;
    if (lane.flying === 0) lane.isGoingBack = false;
    return lane;
  }

  #lane(conversation: string): Lane {
    const known = this.#lanes.get(conversation);
    if (known !== undefined) return known;
    const made: Lane = {
      sends: [],
      flying: 0,
      isGoingBack: false,
      heldUntil: 0,
      lastStored: undefined,
    };
    this.#lanes.set(conversation, made);
    return made;
  }
}
