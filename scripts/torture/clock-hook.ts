import { createRandom } from "./random.ts";

// For `--import`, with `?seed=N`: the wall clock jumps about, in all threads alike; the clocks that
// never jump are left alone.
const seed = Number(new URL(import.meta.url).searchParams.get("seed") ?? 1);

const second = 1000;
const hour = 3600 * second;
const tenYears = 3652 * 24 * hour;
const phaseMs = 400;
const shifts = [0, second, -second, hour, -hour, tenYears, -tenYears] as const;
/** Of each phase, the first part stands still. */
const frozenMs = 100;

const RealDate = Date;
const realNow = Date.now.bind(Date);
// Milliseconds on the clock that all threads share.
const steady = () => Number(process.hrtime.bigint() / 1_000_000n);

function shiftedNow(): number {
  const at = steady();
  const phase = Math.floor(at / phaseMs);
  const shift = createRandom(seed + phase).pick(shifts);
  const into = at % phaseMs;
  return realNow() + shift - Math.min(into, frozenMs);
}

class ShiftedDate extends RealDate {
  constructor(...args: readonly unknown[]) {
    if (args.length === 0) super(shiftedNow());
    else super(...(args as [number]));
  }

  static override now(): number {
    return shiftedNow();
  }
}

globalThis.Date = ShiftedDate as DateConstructor;
