const MESSAGES = {
  frame_too_large: "the frame is longer than the limit",
  frame_empty: "a frame must carry at least one byte",
  invalid_utf8: "the payload is not valid UTF-8, or escapes half a surrogate pair",
  invalid_json: "the payload is not valid JSON",
  json_too_deep: "the JSON is nested too deeply",
  json_too_many_tokens: "the JSON has too many parts",
  forbidden_key: "the JSON has a key that is never allowed, or an escape in a key",
  not_an_object: "the payload must be a JSON object",
  duplicate_key: "the JSON has the same key twice in one object",
  unsafe_number: "the JSON has a number that cannot be represented exactly",
} as const;

export type WireErrorCode = keyof typeof MESSAGES;

/** Every code the byte layer can fail with, so that a table over them can be checked for holes. */
export const WIRE_ERROR_CODES = Object.keys(MESSAGES) as readonly WireErrorCode[];

/** The bytes of a peer broke a rule of the wire; quotes none of them, because they may be secret. */
export class WireError extends Error {
  override readonly name = "WireError";
  readonly code: WireErrorCode;

  constructor(code: WireErrorCode, options?: ErrorOptions) {
    super(MESSAGES[code], options);
    this.code = code;
  }
}
