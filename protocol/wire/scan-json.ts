import { isForbiddenKey } from "./forbidden-key.ts";
import { isUnsafeNumber } from "./unsafe-number.ts";
import { WireError } from "./wire-error.ts";

/** How much structure a payload may have and still be worth parsing. */
export interface JsonLimits {
  /** Arrays and objects open at once; a flat object has depth 1. */
  readonly maxDepth: number;
  /** Every bracket, comma, colon, key, string, number and literal counts one. */
  readonly maxTokens: number;
}

/**
 * Reads JSON bytes once, building nothing, and throws for what must not reach JSON.parse: nesting
 * and token counts over the limits, a forbidden or escaped key, a number that is not exact.
 * Answers how many keys all objects have together, repeated ones included.
 *
 * It is no validator: text that is not JSON may pass, and JSON.parse refuses that. For text that is
 * JSON its view of strings, nesting, keys and numbers is exact, which is all the checks need.
 */
export function scanJson(bytes: Uint8Array, limits: JsonLimits): number {
  const scan = new JsonScan(bytes, limits);
  scan.run();
  return scan.keys;
}

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

const SPACE = 1;
const STRING = 2;
const OPEN = 3;
const CLOSE = 4;
const NUMBER = 5;
const LITERAL = 6;
const KIND_OF_BYTE = kindsOfBytes({
  [SPACE]: " \t\n\r",
  [STRING]: '"',
  [OPEN]: "{[",
  [CLOSE]: "}]",
  [NUMBER]: "0123456789-",
  [LITERAL]: "abcdefghijklmnopqrstuvwxyz",
});
const IN_NUMBER = kindsOfBytes({ [NUMBER]: "0123456789-+.eE" });

class JsonScan {
  keys = 0;
  readonly #bytes: Uint8Array;
  readonly #limits: JsonLimits;
  #depth = 0;
  #tokens = 0;

  constructor(bytes: Uint8Array, limits: JsonLimits) {
    this.#bytes = bytes;
    this.#limits = limits;
  }

  run(): void {
    const bytes = this.#bytes;
    let at = 0;
    while (at < bytes.length) {
      const kind = KIND_OF_BYTE[bytes[at] as number] as number;
      if (kind === SPACE) at = endOfRun(bytes, at, KIND_OF_BYTE, SPACE);
      else at = this.#token(kind, at);
    }
  }

  /** Judges the token that starts here and answers where the next one may start. */
  #token(kind: number, at: number): number {
    this.#tokens += 1;
    if (this.#tokens > this.#limits.maxTokens) throw new WireError("json_too_many_tokens");
    switch (kind) {
      case STRING:
        return this.#string(at + 1);
      case NUMBER:
        return this.#number(at);
      case LITERAL:
        return endOfRun(this.#bytes, at, KIND_OF_BYTE, LITERAL);
      case OPEN:
        this.#depth += 1;
        if (this.#depth > this.#limits.maxDepth) throw new WireError("json_too_deep");
        return at + 1;
      case CLOSE:
        // Below zero, later brackets would seem less deep than they are.
        if (this.#depth === 0) throw new WireError("invalid_json");
        this.#depth -= 1;
        return at + 1;
      default:
        return at + 1;
    }
  }

  #string(start: number): number {
    const bytes = this.#bytes;
    const end = endOfString(bytes, start);
    const next = endOfRun(bytes, end + 1, KIND_OF_BYTE, SPACE);
    // A string is a key exactly when a colon follows, so no stack of brackets is needed.
    if (bytes[next] !== COLON) return next;
    if (isForbiddenKey(bytes, start, end)) throw new WireError("forbidden_key");
    this.keys += 1;
    return next;
  }

  #number(start: number): number {
    const end = endOfRun(this.#bytes, start, IN_NUMBER, NUMBER);
    if (isUnsafeNumber(this.#bytes, start, end)) throw new WireError("unsafe_number");
    return end;
  }
}

/** The closing quote; no part of a longer UTF-8 character can look like one. */
function endOfString(bytes: Uint8Array, start: number): number {
  // indexOf is about four times as fast as a loop, but a call for every escaped quote would be
  // slower than one; so it only gets the first try.
  const quote = bytes.indexOf(QUOTE, start);
  if (quote === -1) throw new WireError("invalid_json");
  if (bytes[quote - 1] !== BACKSLASH) return quote;
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at += 1;
  }
  throw new WireError("invalid_json");
}

function endOfRun(bytes: Uint8Array, start: number, kinds: Uint8Array, kind: number): number {
  let at = start;
  while (at < bytes.length && kinds[bytes[at] as number] === kind) at += 1;
  return at;
}

function kindsOfBytes(charactersOfKind: Readonly<Record<number, string>>): Uint8Array {
  const kinds = new Uint8Array(256);
  for (const [kind, characters] of Object.entries(charactersOfKind)) {
    for (const character of characters) kinds[character.charCodeAt(0)] = Number(kind);
  }
  return kinds;
}
