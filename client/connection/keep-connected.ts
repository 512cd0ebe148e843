import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { Clock } from "../clock.ts";
import { backoffMs } from "./backoff.ts";
import { ConnectionError, isDistrust } from "./connection-error.ts";
import { isSessionOver } from "./credentials.ts";
import type { LiveLink } from "./link.ts";

/** How it stands; after the last two it is not tried again. */
export type Connectivity =
  | { readonly state: "connecting" }
  | { readonly state: "connected"; readonly link: LiveLink }
  | { readonly state: "offline"; readonly reason: string; readonly retryInMs: number }
  | { readonly state: "session_over"; readonly reason: string }
  /** Nothing was sent: from the start this was not the server it should be. */
  | { readonly state: "distrusted"; readonly reason: string };

export interface KeepConnectedOptions {
  readonly clock: Clock;
  /** From 0 to 1. */
  random(): number;
  /** Opens a link and signs it in; `isFirst` while none has worked yet. */
  open(how: { signal: AbortSignal; isFirst: boolean }): Promise<LiveLink>;
  onChange(now: Connectivity): void;
}

export interface KeepConnected {
  /** Tries at once if it is waiting for the next try. */
  reconnectNow(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

// A server that takes us in and drops us at once is not knocked at without pause.
const STABLE_MS = 10_000;
const LONGEST_WAIT_MS = 5 * 60_000;

/** Keeps a link to the server for as long as there is a session, connecting again whenever it breaks. */
export function keepConnected(options: KeepConnectedOptions): KeepConnected {
  const keeper = new Keeper(options);
  const ended = keeper.run();
  return {
    reconnectNow: () => keeper.wake(),
    async [Symbol.asyncDispose]() {
      keeper.stop();
      await ended;
    },
  };
}

class Keeper {
  readonly #options: KeepConnectedOptions;
  readonly #stop = new AbortController();
  #failures = 0;
  #isFirst = true;
  #endWait: () => void = () => undefined;

  constructor(options: KeepConnectedOptions) {
    this.#options = options;
  }

  wake(): void {
    this.#endWait();
  }

  stop(): void {
    this.#stop.abort();
    this.#endWait();
  }

  async run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const trouble = await this.#connectOnce();
      if (this.#stop.signal.aborted) return;
      if (isSessionOver(trouble)) {
        this.#options.onChange({ state: "session_over", reason: trouble.message });
        return;
      }
      // Later on it may be a network that puts itself in between for a while.
      if (this.#isFirst && isDistrust(trouble)) {
        this.#options.onChange({ state: "distrusted", reason: trouble.message });
        return;
      }
      await this.#wait(trouble);
    }
  }

  /** One connection from its beginning to its end, and what ended it. */
  async #connectOnce(): Promise<Error> {
    const { clock, open, onChange } = this.#options;
    const { signal } = this.#stop;
    onChange({ state: "connecting" });
    let link: LiveLink;
    try {
      link = await open({ signal, isFirst: this.#isFirst });
    } catch (error) {
      if (error instanceof ConnectionError || error instanceof ChatError) {
        this.#failures += 1;
        return error;
      }
      throw error;
    }
    const since = clock.elapsed();
    this.#isFirst = false;
    const close = (): void => link.close(new ConnectionError("stopped", ""));
    signal.addEventListener("abort", close);
    if (signal.aborted) close();
    else onChange({ state: "connected", link });
    const reason = await link.closed;
    signal.removeEventListener("abort", close);
    this.#failures = clock.elapsed() - since >= STABLE_MS ? 0 : this.#failures + 1;
    return reason;
  }

  async #wait(trouble: Error): Promise<void> {
    const { clock, random, onChange } = this.#options;
    const asked = askedToWait(trouble);
    const jittered = backoffMs(this.#failures - 1, random);
    const ms = asked === undefined ? jittered : Math.min(LONGEST_WAIT_MS, asked + jittered);
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = clock.after(ms, resolve);
    this.#endWait = resolve;
    onChange({ state: "offline", reason: trouble.message, retryInMs: ms });
    await promise;
    cancel();
    this.#endWait = () => undefined;
  }
}

/** Milliseconds the server asked us to stay away. */
function askedToWait(trouble: Error): number | undefined {
  const seconds =
    trouble instanceof ConnectionError
      ? trouble.reconnectAfter
      : trouble instanceof ChatError
        ? trouble.retryAfter
        : undefined;
  return seconds === undefined ? undefined : Math.max(0, seconds) * 1000;
}
