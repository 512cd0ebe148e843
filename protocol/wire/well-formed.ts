// A surrogate is d800 to dfff.
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

/**
 * Whether JSON text may hold half a surrogate pair, written as an escape; such a half has no UTF-8,
 * so a peer in another language cannot read what we would pass on. May say yes for a whole pair.
 */
export function mayEscapeSurrogates(text: string): boolean {
  // Most text has no backslash, which includes() finds out fast; an expression, because on text
  // full of backslashes includes() of several characters is about twenty times slower.
  return text.includes("\\") && SURROGATE_ESCAPE.test(text);
}

/** Whether every string in a parsed value is whole Unicode; keys are, as they have no escapes. */
export function isWellFormed(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  return Object.values(value).every(isWellFormed);
}
