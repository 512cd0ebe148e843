import { ChatError } from "@lair-chat/protocol/errors.ts";
import { databaseError } from "./sqlite-errors.ts";
import type { FaultParts, Outcome, RefusalParts } from "./writer-protocol.ts";

/** What a call that threw is answered with. */
export function outcomeOf(error: unknown): Outcome {
  return error instanceof ChatError
    ? { kind: "refused", refusal: refusalParts(error) }
    : { kind: "failed", fault: faultParts(error) };
}

export function refusalParts(error: ChatError): RefusalParts {
  const { code, message, retryAfter, details } = error;
  return { code, message, retryAfter, details };
}

export function refusalOf(parts: RefusalParts): ChatError {
  return new ChatError(parts.code, {
    message: parts.message,
    ...(parts.retryAfter === undefined ? {} : { retryAfter: parts.retryAfter }),
    ...(parts.details === undefined ? {} : { details: parts.details }),
  });
}

/** The driver's own error where there is one: the query builder's text holds the values of the query. */
export function faultParts(error: unknown): FaultParts {
  const cause = databaseError(error);
  const told = cause ?? error;
  return {
    text: told instanceof Error ? told.message : String(told),
    code: cause?.code,
    stack: told instanceof Error ? told.stack : undefined,
  };
}

/** An error in the thread that asked, with the trace of the one where it came up. */
export function faultOf(what: string, parts: FaultParts): Error {
  const code = parts.code === undefined ? "" : ` (${parts.code})`;
  const cause = new Error(parts.text);
  if (parts.stack !== undefined) cause.stack = parts.stack;
  const fault = new Error(`${what}: ${parts.text}${code}`, { cause });
  // By this name the log knows that the text is the driver's own, which holds no values of a query.
  if (parts.code !== undefined) fault.name = "StorageFault";
  return fault;
}
