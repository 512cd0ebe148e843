import type { TSchema } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { ChatError } from "./errors.ts";
import {
  type AnyEvent,
  type CommandName,
  commands,
  events,
  isEventName,
  type LoggedEvent,
  type Result,
} from "./registry.ts";

// The client's side of validation: what a server says is checked as well, but leniently, so that a
// newer server may say more.

// Compiled on first use: all of them at start cost 50 ms.
const validators = new Map<TSchema, Validator>();

function holds(schema: TSchema, value: unknown): boolean {
  let validator = validators.get(schema);
  if (validator === undefined) {
    validator = Compile(schema) as Validator;
    validators.set(schema, validator);
  }
  return validator.Check(value);
}

/**
 * A reply's content, checked against the command's declaration; unknown fields pass.
 * @throws ChatError `invalid_message`
 */
export function checkResult<N extends CommandName>(
  name: N,
  raw: Readonly<Record<string, unknown>>,
): Result<N> {
  if (holds(commands[name].result, raw)) return raw as Result<N>;
  throw new ChatError("invalid_message", {
    message: `The server's answer to ${name} could not be understood. Do its version and this one fit?`,
  });
}

/** The event, if it is one of ours and whole. */
export function checkEvent(raw: Readonly<Record<string, unknown>>): AnyEvent | undefined {
  const type = raw["type"];
  if (typeof type !== "string" || !isEventName(type)) return undefined;
  return holds(events[type].payload, raw) ? (raw as unknown as AnyEvent) : undefined;
}

/** How an entry of a log page reads: `unknown` are kinds that a newer server has, `broken` none of ours should be. */
export type LogEntryReading =
  | { readonly kind: "event"; readonly event: LoggedEvent }
  | { readonly kind: "unknown" | "broken" };

/** Sorts an entry of a `get_log` page. */
export function readLogEntry(raw: Readonly<Record<string, unknown>>): LogEntryReading {
  const type = raw["type"];
  if (typeof type !== "string" || !isEventName(type) || !events[type].logged) {
    return { kind: "unknown" };
  }
  const event = checkEvent(raw);
  return event === undefined ? { kind: "broken" } : { kind: "event", event: event as LoggedEvent };
}
