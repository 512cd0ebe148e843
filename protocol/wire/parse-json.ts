import { type JsonLimits, scanJson } from "./scan-json.ts";
import { isWellFormed, mayEscapeSurrogates } from "./well-formed.ts";
import { WireError } from "./wire-error.ts";

export type JsonObject = Record<string, unknown>;

// Fatal, because a replaced character is a silent change of what somebody wrote. The byte order
// mark is kept in the text so that JSON.parse refuses it, as RFC 8259 allows and Rust peers do.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Parses a payload from a peer that is not trusted. The answer is a plain object whose objects, at
 * any depth, had no forbidden, escaped or repeated key, whose strings are whole Unicode, and whose
 * numbers are finite and, if integers, exact. Everything else is a `WireError`. The answer shares
 * no memory with `bytes`.
 */
export function parseJsonObject(bytes: Uint8Array, limits: JsonLimits): JsonObject {
  const keys = scanJson(bytes, limits);
  const text = decode(bytes);
  const value = parse(text);
  if (!isObject(value)) throw new WireError("not_an_object");
  // JSON.parse keeps the last of several equal keys, so fewer come out than the scan saw.
  if (countKeys(value) !== keys) throw new WireError("duplicate_key");
  if (mayEscapeSurrogates(text) && !isWellFormed(value)) throw new WireError("invalid_utf8");
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new WireError("invalid_utf8", { cause });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // biome-ignore lint/style/useErrorCause: its message quotes the text, which may hold a password.
    throw new WireError("invalid_json");
  }
}

function isObject(value: unknown): value is JsonObject {
  return isContainer(value) && !Array.isArray(value);
}

function countKeys(value: object): number {
  let keys = 0;
  if (Array.isArray(value)) {
    for (const item of value) if (isContainer(item)) keys += countKeys(item);
    return keys;
  }
  // for-in, because it builds no list of keys: this runs for every message.
  for (const key in value) {
    const item = (value as JsonObject)[key];
    keys += isContainer(item) ? 1 + countKeys(item) : 1;
  }
  return keys;
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
