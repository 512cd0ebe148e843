import { readlinkSync } from "node:fs";
import { getPriority, setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import { hashSync, type Options, verifySync } from "@node-rs/argon2";

/** A call, and its answer under the same id. */
export type Argon2Call = { readonly id: number } & (
  | { readonly kind: "hash"; readonly password: string; readonly options: Options }
  | { readonly kind: "verify"; readonly password: string; readonly stored: string }
);
export type Argon2Answer = { readonly id: number } & (
  | { readonly result: string | boolean }
  | { readonly error: unknown }
);
/** Said once, where the thread does not give way. */
export interface Argon2Remark {
  readonly remark: unknown;
}

const lowestPriority = 19;
/** A thread has about a tenth of the weight of one that is ten steps above (sched(7)). */
const steps = 10;

// The file a worker thread is started with; see `createQuietArgon2`.
if (parentPort === null) throw new Error("argon2-thread runs as a worker thread only.");
const port = parentPort;
try {
  giveWay();
} catch (remark) {
  port.postMessage({ remark } satisfies Argon2Remark);
}
port.on("message", (call: Argon2Call) => port.postMessage(answerTo(call)));

function answerTo(call: Argon2Call): Argon2Answer {
  const { id } = call;
  try {
    return call.kind === "hash"
      ? { id, result: hashSync(call.password, call.options) }
      : { id, result: verifySync(call.stored, call.password) };
  } catch (error) {
    return { id, error };
  }
}

/**
 * Who signs in can wait a little longer; who chats is not to notice. On Linux a thread has a priority
 * of its own (setpriority(2), "C library/kernel differences"); elsewhere it stays as it is.
 * @throws Error where /proc is not there, or a sandbox forbids it
 */
function giveWay(): void {
  if (process.platform !== "linux") return;
  const thread = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
  // Above what the process has: to come down again is not allowed to everybody.
  setPriority(thread, Math.min(lowestPriority, getPriority(thread) + steps));
}
