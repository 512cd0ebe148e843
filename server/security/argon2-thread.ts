import { readlinkSync } from "node:fs";
import { constants, setPriority } from "node:os";
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

// The file a worker thread is started with; see `createQuietArgon2`.
if (parentPort === null) throw new Error("argon2-thread runs as a worker thread only.");
const port = parentPort;
giveWay();
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
 */
function giveWay(): void {
  if (process.platform !== "linux") return;
  const thread = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
  setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
}
