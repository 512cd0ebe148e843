import type { Clock } from "../clock.ts";

export interface HeartbeatOptions {
  readonly clock: Clock;
  /** Silence after which the other side is asked for a sign of life. */
  readonly pingMs: number;
  /** Silence after which it is taken for dead. */
  readonly silenceMs: number;
  ping(): void;
  dead(): void;
}

export interface Heartbeat {
  /** Something, anything, came from the other side. */
  heard(): void;
  stop(): void;
}

/** Watches over a connection that may die without a word. */
export function startHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { clock, pingMs, silenceMs } = options;
  let lastHeard = clock.elapsed();
  let cancel = clock.after(pingMs, check);

  function check(): void {
    const silence = clock.elapsed() - lastHeard;
    if (silence >= silenceMs) {
      options.dead();
      return;
    }
    if (silence >= pingMs) options.ping();
    const next = silence < pingMs ? pingMs - silence : Math.min(pingMs, silenceMs - silence);
    // A timer may fire a little early; then it is only set again.
    cancel = clock.after(Math.max(1, Math.ceil(next)), check);
  }

  return {
    heard() {
      lastHeard = clock.elapsed();
    },
    stop: () => cancel(),
  };
}
