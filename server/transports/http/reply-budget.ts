import type { ServerResponse } from "node:http";

/** What readers of replies are held to. Times are milliseconds. */
export interface ReplyLimits {
  /** Of all replies together that their readers have not taken yet. */
  readonly maxBytes: number;
  /** How long a reader may take nothing, and how long for all of it. */
  readonly stallMs: number;
  readonly giveUpMs: number;
}

export const replyLimits: ReplyLimits = {
  maxBytes: 64 * 1024 * 1024,
  stallMs: 10_000,
  giveUpMs: 30_000,
};

/** What is no larger is counted and never refused: that there is no room has to be said too. */
const SMALL_BYTES = 16 * 1024;

/** Bounds what slow readers make the server hold. */
export class ReplyBudget {
  readonly #limits: Pick<ReplyLimits, "maxBytes" | "giveUpMs">;
  #held = 0;

  constructor(limits: Pick<ReplyLimits, "maxBytes" | "giveUpMs">) {
    this.#limits = limits;
  }

  get heldBytes(): number {
    return this.#held;
  }

  /** Counts a reply in until its reader has it, or has had long enough and is cut off. False: no room. */
  take(response: ServerResponse, bytes: number): boolean {
    // Whoever asked is gone: nothing is held, and nobody will say again that it is over.
    if (response.destroyed) return true;
    const { maxBytes, giveUpMs } = this.#limits;
    if (bytes > SMALL_BYTES && this.#held + bytes > maxBytes) return false;
    this.#held += bytes;
    const timer = setTimeout(() => response.socket?.destroy(), giveUpMs);
    // Comes once, also where the connection breaks.
    response.once("close", () => {
      clearTimeout(timer);
      this.#held -= bytes;
    });
    return true;
  }
}
