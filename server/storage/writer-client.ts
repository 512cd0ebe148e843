import { Worker } from "node:worker_threads";
import { faultOf } from "./error-parts.ts";
import type { SpaceState } from "./space-watch.ts";
import { StorageError } from "./storage-error.ts";
import type {
  FatalExitCode,
  SettledReport,
  WriterReport,
  WriterRequest,
  WriterSetup,
} from "./writer-protocol.ts";

/** A fault after which nothing can be promised any more: the process has to end with this code. */
export interface FatalFault {
  /** 70: start again. 78: somebody has to look first. */
  readonly exitCode: FatalExitCode;
  readonly error: Error;
}

export interface WriterEvents {
  readonly settled: (result: SettledReport) => void;
  /** Called once, whatever breaks first. */
  readonly fatal: (fault: FatalFault) => void;
  /** There is too little space, or enough again. */
  readonly space: (state: SpaceState) => void;
  /** The WAL could not be emptied on closing. */
  readonly notEmptied: (problem: string) => void;
}

/** The thread that owns the writing connection. */
export class WriterClient {
  readonly #worker: Worker;
  readonly #events: WriterEvents;
  readonly #started = Promise.withResolvers<void>();
  readonly #exited = Promise.withResolvers<void>();
  #state: "starting" | "running" | "closing" | "over" = "starting";

  constructor(thread: URL, setup: WriterSetup, events: WriterEvents) {
    this.#events = events;
    this.#worker = new Worker(thread, { workerData: setup, name: "database writer" });
    this.#worker.on("message", (report: WriterReport) => this.#heard(report));
    this.#worker.on("error", (error) => this.#broke("The database thread failed", error));
    this.#worker.on("messageerror", (error) => this.#broke("The database thread garbled", error));
    this.#worker.on("exit", (code) => {
      this.#broke(`The database thread ended (code ${code})`, undefined);
      this.#exited.resolve();
    });
  }

  /** @throws StorageError when the thread cannot open the database */
  started(): Promise<void> {
    return this.#started.promise;
  }

  post(request: WriterRequest): void {
    this.#worker.postMessage(request);
  }

  /** Checkpoints and closes the database, if the thread still can. */
  async close(): Promise<void> {
    if (this.#state === "running") {
      this.#state = "closing";
      this.post({ kind: "close" });
    } else if (this.#state !== "closing") {
      await this.#worker.terminate();
    }
    await this.#exited.promise;
  }

  #heard(report: WriterReport): void {
    if (report.kind === "settled") this.#events.settled(report);
    else if (report.kind === "fatal") {
      this.#end({ exitCode: report.exitCode, error: faultOf("The database failed", report.fault) });
    } else if (report.kind === "space") this.#events.space(report.state);
    else if (report.kind === "cannot-start") {
      this.#state = "over";
      this.#started.reject(new StorageError(report.text));
    } else if (report.kind === "ready") {
      this.#state = "running";
      this.#started.resolve();
    } else {
      this.#state = "over";
      if (report.problem !== undefined) this.#events.notEmptied(report.problem);
    }
  }

  #broke(what: string, cause: unknown): void {
    const error = new Error(cause === undefined ? what : `${what}: ${String(cause)}`, { cause });
    this.#end({ exitCode: 70, error });
  }

  #end(fault: FatalFault): void {
    if (this.#state === "over") return;
    const starting = this.#state === "starting";
    this.#state = "over";
    if (starting) this.#started.reject(fault.error);
    else this.#events.fatal(fault);
  }
}
