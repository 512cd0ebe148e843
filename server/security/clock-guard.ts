/** Both clocks, looked at together. Milliseconds. */
export interface ClockReading {
  /** Since the epoch: what people set, and what may jump. */
  readonly wall: number;
  /** Only grows, and knows no date. */
  readonly monotonic: number;
}

const hour = 60 * 60 * 1000;
/** More than this is no drift. */
const jumpMs = hour;
/** A clock that has run evenly for so long after a jump is taken to be right. */
const confirmedMs = 24 * hour;

/** A jump that nobody has confirmed yet. */
interface Jump {
  /** Where the wall clock was against the monotonic one before it. */
  readonly from: number;
  /** Monotonic. */
  readonly at: number;
}

/**
 * Says whether the wall clock can be trusted so far that what is long over may be destroyed. After a
 * jump it may not until the clock is back, or has run evenly for a day: whoever runs the server has
 * that long to put it right. At the start the newest time in the database takes the place of the
 * clock before, so a server that was down for long purges nothing on its first day.
 */
export class ClockGuard {
  #offset: number;
  #jump: Jump | undefined;

  /** @param newest the newest time in the database; undefined in one that is new */
  constructor(now: ClockReading, newest: number | undefined) {
    this.#offset = offsetOf(now);
    if (newest === undefined || Math.abs(now.wall - newest) <= jumpMs) return;
    this.#jump = { from: newest - now.monotonic, at: now.monotonic };
  }

  /** Looks at the clocks. @returns by how much the wall clock jumped, in milliseconds, while that is not settled */
  unsettled(now: ClockReading): number | undefined {
    const offset = offsetOf(now);
    if (Math.abs(offset - this.#offset) > jumpMs) {
      // One jump after another goes back to where the first one started from.
      this.#jump = { from: this.#jump?.from ?? this.#offset, at: now.monotonic };
    }
    this.#offset = offset;
    if (this.#jump === undefined) return undefined;
    const { from, at } = this.#jump;
    if (Math.abs(offset - from) > jumpMs && now.monotonic - at < confirmedMs) return offset - from;
    this.#jump = undefined;
    return undefined;
  }
}

function offsetOf({ wall, monotonic }: ClockReading): number {
  return wall - monotonic;
}
