import { ChatError } from "@lair-chat/protocol/errors.ts";
import { failPoint } from "../observability/fail-points.ts";
import type { CommitListener } from "./database.ts";
import { faultOf, refusalOf } from "./error-parts.ts";
import type { LogEntry } from "./log-entry.ts";
import type { StorageLog } from "./storage-log.ts";
import type { Outcome, SettledReport, WriteCall, WriterRequest } from "./writer-protocol.ts";

/**
 * Calls of one turn that are handed over before its end: the writer begins with them while others are
 * still being read. Fewer would be as many more messages between the threads.
 */
const callsAtOnce = 32;

/** Calls that may wait for their commit; more are refused, so that a slow disk cannot eat the memory. */
const callsWaiting = 20_000;

export interface QueueStats {
  /** Transactions committed, and how long they took in all, with their fsyncs. */
  readonly commits: number;
  readonly commitSeconds: number;
  /** Operations settled, refused ones included. */
  readonly operations: number;
  /** Operations that wait for their commit now. */
  readonly queued: number;
  /** The most that may wait. */
  readonly queuedLimit: number;
}

export interface WriteQueueDeps {
  readonly post: (request: WriterRequest) => void;
  readonly now: () => number;
  readonly log: StorageLog;
}

/** A call whose outcome is not known yet. */
interface Waiting {
  readonly call: WriteCall;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** This thread's end of the writer: hands calls over together, and settles them in order. */
export class WriteQueue {
  readonly #deps: WriteQueueDeps;
  readonly #listeners: CommitListener[] = [];
  /** All unsettled calls in their order; the last `#unposted` of them are still here only. */
  #waiting: Waiting[] = [];
  #unposted = 0;
  #state: "open" | "closing" | "broken" = "open";
  #drained: (() => void) | undefined;
  #commits = 0;
  #commitMs = 0;
  #slowestCommitMs = 0;
  #operations = 0;

  constructor(deps: WriteQueueDeps) {
    this.#deps = deps;
  }

  write(call: WriteCall): Promise<unknown> {
    if (this.#state !== "open") return Promise.reject(new ChatError("shutting_down"));
    if (this.#waiting.length >= callsWaiting) {
      return Promise.reject(new ChatError("busy", { retryAfter: 1 }));
    }
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.push({ call, resolve, reject });
    this.#unposted += 1;
    // The check phase comes once, after every socket that had something was read: a microtask would
    // come after each of them, and make as many messages to the other thread.
    if (this.#unposted === callsAtOnce) this.#postUnposted();
    else if (this.#unposted === 1) setImmediate(() => this.#postUnposted());
    return promise;
  }

  onCommit(listener: CommitListener): void {
    this.#listeners.push(listener);
  }

  /** Takes what the writer says of the oldest calls. */
  settle(result: SettledReport): void {
    failPoint("settled received");
    this.#operations += result.outcomes.length;
    this.#countCommit(result);
    const settled = this.#waiting.splice(0, result.outcomes.length);
    if (result.entries.length > 0) this.#announce(result.entries);
    failPoint("published");
    for (const [index, outcome] of result.outcomes.entries()) {
      const waiting = settled[index];
      if (waiting !== undefined) this.#settleOne(waiting, outcome);
    }
    if (this.#waiting.length === 0) this.#drained?.();
  }

  /** Nothing that waits is ever settled: nobody knows what became of it. */
  breakOff(): void {
    this.#state = "broken";
    this.#drained?.();
  }

  /** Accepts no more, and resolves once everything accepted is settled. */
  close(): Promise<void> {
    if (this.#state === "open") this.#state = "closing";
    if (this.#state === "broken" || this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#drained = resolve;
    });
  }

  stats(): QueueStats {
    return {
      commits: this.#commits,
      commitSeconds: this.#commitMs / 1000,
      operations: this.#operations,
      queued: this.#waiting.length,
      queuedLimit: callsWaiting,
    };
  }

  /** The longest that a transaction took since this was asked for the last time. */
  takeSlowestCommit(): number {
    const seconds = this.#slowestCommitMs / 1000;
    this.#slowestCommitMs = 0;
    return seconds;
  }

  #countCommit({ committed, tookMs }: SettledReport): void {
    if (!committed) return;
    this.#commits += 1;
    this.#commitMs += tookMs;
    this.#slowestCommitMs = Math.max(this.#slowestCommitMs, tookMs);
  }

  #postUnposted(): void {
    if (this.#unposted === 0) return;
    const unposted = this.#waiting.slice(-this.#unposted);
    this.#unposted = 0;
    try {
      this.#post(unposted.map((waiting) => waiting.call));
    } catch {
      // One of them cannot be cloned: each goes alone, and the culprit gets the error.
      for (const waiting of unposted) this.#postAlone(waiting);
    }
  }

  #postAlone(waiting: Waiting): void {
    try {
      this.#post([waiting.call]);
    } catch (error) {
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      waiting.reject(error);
      if (this.#waiting.length === 0) this.#drained?.();
    }
  }

  #post(calls: readonly WriteCall[]): void {
    this.#deps.post({ kind: "calls", now: this.#deps.now(), calls });
    failPoint("posted to writer");
  }

  #announce(entries: readonly LogEntry[]): void {
    for (const listener of this.#listeners) {
      try {
        listener(entries);
      } catch (error) {
        this.#deps.log.error({ err: error }, "a commit listener failed");
      }
    }
  }

  #settleOne({ call, resolve, reject }: Waiting, outcome: Outcome): void {
    if (outcome.kind === "done") resolve(outcome.result);
    else if (outcome.kind === "refused") reject(refusalOf(outcome.refusal));
    else {
      const error = faultOf(`write operation "${call.name}" failed`, outcome.fault);
      this.#deps.log.error({ err: error, operation: call.name }, "a write operation failed");
      reject(error);
    }
  }
}
