import type { ErrorCode } from "@lair-chat/protocol/errors.ts";
import type { LogEntry } from "./log-entry.ts";
import type { SpaceSettings, SpaceState } from "./space-watch.ts";

/** What passes between the thread that asks and the thread that writes. All of it is cloned. */

/** What the writer thread is started with. */
export interface WriterSetup {
  readonly file: string;
  /** The id that the database gets if it has none yet. */
  readonly newLogId: string;
  readonly space: SpaceSettings;
  /** For tests of a full disk. */
  readonly maxPageCount?: number;
}

export interface WriteCall {
  readonly name: string;
  readonly args: unknown;
}

export type WriterRequest =
  | { readonly kind: "calls"; readonly now: number; readonly calls: readonly WriteCall[] }
  | { readonly kind: "close" };

/** A ChatError in pieces: cloning keeps neither its class nor its code. */
export interface RefusalParts {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryAfter: number | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;
}

/** An error that is nobody's refusal. Holds no values of a query: they may be secrets. */
export interface FaultParts {
  readonly text: string;
  readonly code: string | undefined;
  readonly stack: string | undefined;
}

export type Outcome =
  | { readonly kind: "done"; readonly result: unknown }
  | { readonly kind: "refused"; readonly refusal: RefusalParts }
  | { readonly kind: "failed"; readonly fault: FaultParts };

/** The exit codes a supervisor can tell apart: what a restart may mend, and what it will not. */
export type FatalExitCode = 70 | 78;

/** The outcomes of a transaction's calls, in their order. */
export interface SettledBatch {
  readonly kind: "settled";
  readonly outcomes: readonly Outcome[];
  /** What was appended, in the order of its commit. */
  readonly entries: readonly LogEntry[];
  readonly committed: boolean;
}

/** A fault that leaves open what became of them. */
export interface FatalBatch {
  readonly kind: "fatal";
  readonly exitCode: FatalExitCode;
  readonly fault: FaultParts;
}

/** What became of one transaction. */
export type BatchResult = SettledBatch | FatalBatch;

/** `tookMs`: the transaction from its beginning to the end of its fsync. */
export type SettledReport = SettledBatch & { readonly tookMs: number };

export type WriterReport =
  | SettledReport
  | FatalBatch
  | { readonly kind: "ready" }
  | { readonly kind: "space"; readonly state: SpaceState }
  /** `problem`: why the WAL could not be emptied; nothing is lost, it is read at the next start. */
  | { readonly kind: "closed"; readonly problem: string | undefined }
  | { readonly kind: "cannot-start"; readonly text: string };
