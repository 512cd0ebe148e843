import { ChatError } from "@lair-chat/protocol/errors.ts";
import { ConnectionError } from "../connection/connection-error.ts";
import { AccountFileError } from "../files/account-file-error.ts";
import type { Outcome } from "./actions.ts";

export const done: Outcome = { ok: true, value: undefined };

/** Why something that was asked for is not possible. */
export function failed(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message };
}

/** What can go wrong outside of this program; anything else is a fault of ours. */
export function isOutside(error: unknown): error is Error {
  return (
    error instanceof ChatError ||
    error instanceof ConnectionError ||
    error instanceof AccountFileError
  );
}

/** How a piece of work went. */
export async function outcomeOf<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (isOutside(error)) return failed(wordsFor(error));
    throw error;
  }
}

/** How a piece of work went whose result nobody needs. */
export async function doneBy(work: () => Promise<unknown>): Promise<Outcome> {
  const outcome = await outcomeOf(work);
  return outcome.ok ? done : outcome;
}

/** Where the server says how long to wait, so do we. */
function wordsFor(error: Error): string {
  const seconds = error instanceof ChatError ? error.retryAfter : undefined;
  if (seconds === undefined) return error.message;
  const whole = Math.max(1, Math.ceil(seconds));
  return `${error.message} (${whole === 1 ? "1 second" : `${whole} seconds`})`;
}
