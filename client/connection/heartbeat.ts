import type { Clock } from "../clock.ts";

export interface HeartbeatOptions {
  readonly clock: Clock;
  /** Silence, of either side, after which the other side is asked for a sign of life. */
  readonly pingMs: number;
  /** Silence after which it is taken for dead. */
  readonly silenceMs: number;
  ping(): void;
  dead(): void;
}

export interface Heartbeat {
  /** Something, anything, came from the other side. */
  heard(): void;
  /** Something went to the other side. Pings need not be told, and what is not told costs one more ping. */
  sent(): void;
  stop(): void;
}

/**
 * Watches over a connection that may die without a word. It pings when the other side is silent, to
 * see that it lives, and when this side is, for the other one to see the same: a server may have much
 * to say to somebody who only reads.
 */
export function startHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { clock, pingMs, silenceMs } = options;
  const began = clock.elapsed();
  let lastHeard = began;
  let lastSent = began;
  let lastPing = began;
  let cancel = clock.after(pingMs, check);

  function check(): void {
    const now = clock.elapsed();
    if (now - lastHeard >= silenceMs) {
      options.dead();
      return;
    }
    const isDue = now >= nextPing();
    if (isDue) {
      lastSent = now;
      lastPing = now;
    }
    const next = Math.min(nextPing(), lastHeard + silenceMs) - now;
    // A timer may fire a little early; then it is only set again.
    cancel = clock.after(Math.max(1, Math.ceil(next)), check);
    if (isDue) options.ping();
  }

  function nextPing(): number {
    return Math.min(lastSent, Math.max(lastHeard, lastPing)) + pingMs;
  }

  return {
    heard() {
      lastHeard = clock.elapsed();
    },
    sent() {
      lastSent = clock.elapsed();
    },
    stop: () => cancel(),
  };
}
