import { visible } from "./visible-text.ts";

/** An error as it may stand in the log. */
export interface ErrorDescription {
  readonly name: string;
  readonly code?: string;
  readonly message?: string;
  /** Where it was thrown, without the message that the stack begins with. */
  readonly at?: readonly string[];
  readonly cause?: ErrorDescription;
}

// The texts of other errors may quote what they failed on: JSON.parse quotes its input, the query
// builder its parameters, Node's argument checks the argument.
const knownTexts: ReadonlySet<string> = new Set([
  "ChatError",
  "ConfigError",
  "StorageError",
  "StorageFault",
  "DatabaseInUse",
  "SqliteError",
  "ReferenceError",
]);
const textCharacters = 500;
const frames = 12;
const causes = 5;

/** Name, code and place of an error, and its text where that is known to hold nothing of a user's. */
export function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!(error instanceof Error)) return { name: `not an Error (${typeof error})` };
  const code = codeOf(error);
  const at = placesOf(error);
  return {
    name: visible(error.name).slice(0, textCharacters),
    ...(code === undefined ? {} : { code }),
    ...(isTextKnown(error) ? { message: visible(error.message.slice(0, textCharacters)) } : {}),
    ...(at.length === 0 ? {} : { at }),
    ...(error.cause === undefined || depth >= causes
      ? {}
      : { cause: describeError(error.cause, depth + 1) }),
  };
}

/** The lines of the stack behind the message; none where the two cannot be told apart. */
function placesOf(error: Error): readonly string[] {
  const stack = error.stack ?? "";
  const end = stack.indexOf(error.message) + error.message.length;
  if (end < error.message.length) return [];
  return stack
    .slice(end)
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, frames)
    .map((line) => visible(line.trim()).slice(0, textCharacters));
}

function codeOf(error: Error): string | undefined {
  const code: unknown = "code" in error ? error.code : undefined;
  if (typeof code === "string") return visible(code.slice(0, 64));
  return typeof code === "number" ? String(code) : undefined;
}

/** The system's errors say a call and a path of ours. */
function isTextKnown(error: Error): boolean {
  if ("syscall" in error && typeof error.syscall === "string") return true;
  return knownTexts.has(error.name) || error.constructor.name === "SqliteError";
}
