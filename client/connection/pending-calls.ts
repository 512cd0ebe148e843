import { ChatError } from "@lair-chat/protocol/errors.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import type { CommandName, Params } from "@lair-chat/protocol/registry.ts";
import type { Clock } from "../clock.ts";
import { ConnectionError } from "./connection-error.ts";

type Content = Readonly<Record<string, unknown>>;

interface Pending {
  readonly requestId: string;
  readonly text: string;
  resolve(result: Content): void;
  reject(error: Error): void;
}

export interface PendingCallsOptions {
  readonly at: string;
  readonly clock: Clock;
  send(text: string): void;
}

// One of the server's places is kept free for pings.
const IN_FLIGHT = limits.requestsInFlight - 1;
const WAITING = 256;

/** Requests that wait for their answer, and those that wait for their turn; both bounded. */
export class PendingCalls {
  readonly #options: PendingCallsOptions;
  readonly #inFlight = new Map<string, Pending>();
  #waiting: Pending[] = [];
  #lastId = 0;
  #ended: ConnectionError | undefined;

  constructor(options: PendingCallsOptions) {
    this.#options = options;
  }

  /**
   * Sends a request when its turn comes; resolves with the answer as it stands.
   * @throws ChatError as the server answered; ConnectionError: whether it was done is not known
   */
  call<N extends CommandName>(name: N, params: Params<N>, timeoutMs: number): Promise<Content> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const { at, clock } = this.#options;
    if (this.#waiting.length >= WAITING) return Promise.reject(new ConnectionError("too_busy", at));
    this.#lastId += 1;
    const requestId = String(this.#lastId);
    const text = JSON.stringify({ type: name, request_id: requestId, ...params });
    return new Promise<Content>((resolve, reject) => {
      const cancel = clock.after(timeoutMs, () => {
        this.#take(requestId)?.reject(new ConnectionError("no_answer", at));
        this.#sendNext();
      });
      this.#waiting.push({
        requestId,
        text,
        resolve: (result) => {
          cancel();
          resolve(result);
        },
        reject: (error) => {
          cancel();
          reject(error);
        },
      });
      this.#sendNext();
    });
  }

  /** An answer came; one that nobody waits for any more is passed over. */
  settle(requestId: string, answer: Content | ChatError): void {
    const pending = this.#take(requestId);
    if (answer instanceof ChatError) pending?.reject(answer);
    else pending?.resolve(answer);
    this.#sendNext();
  }

  /** No more answers will come. */
  end(reason: ConnectionError): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    const left = [...this.#inFlight.values(), ...this.#waiting];
    this.#inFlight.clear();
    this.#waiting = [];
    for (const pending of left) pending.reject(reason);
  }

  #take(requestId: string): Pending | undefined {
    const pending =
      this.#inFlight.get(requestId) ?? this.#waiting.find((one) => one.requestId === requestId);
    this.#inFlight.delete(requestId);
    this.#waiting = this.#waiting.filter((one) => one !== pending);
    return pending;
  }

  #sendNext(): void {
    while (this.#inFlight.size < IN_FLIGHT) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#inFlight.set(next.requestId, next);
      this.#options.send(next.text);
    }
  }
}
