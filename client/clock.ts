/** Time as the client sees it; tests bring their own. */
export interface Clock {
  /** Milliseconds since the epoch, for what is shown and stored. */
  now(): number;
  /** Milliseconds from some start, never set back: for measuring. */
  elapsed(): number;
  /** Runs once after so many milliseconds; the answer cancels it. */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
