import type { Clock } from "../clock.ts";

export interface ManualClock extends Clock {
  /** Lets so much time pass; what was due runs in order. */
  advance(ms: number): void;
}

/** A clock that moves only when it is told to. */
export function manualClock(start = Date.parse("2026-03-01T12:00:00Z")): ManualClock {
  let passed = 0;
  let timers: { at: number; run: () => void }[] = [];
  return {
    now: () => start + passed,
    elapsed: () => passed,
    after(ms, run) {
      const timer = { at: passed + ms, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
    advance(ms) {
      const end = passed + ms;
      for (;;) {
        const due = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        timers = timers.filter((one) => one !== due);
        passed = Math.max(passed, due.at);
        due.run();
      }
      passed = end;
    },
  };
}
