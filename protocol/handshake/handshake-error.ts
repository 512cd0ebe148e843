const MESSAGES = {
  invalid_key: "a key must be 32 bytes, in plain base64 where it is text",
  weak_key: "the public key is one that gives everybody the same secret",
  malformed: "the handshake message has the wrong form",
  not_authentic: "the bytes are altered, out of order, or not from the expected peer",
  truncated: "the sealed frame is too short to be one",
  finished: "this handshake is over",
  exhausted: "the channel has carried as much as its keys are safe for",
  invalid_fingerprint: "a fingerprint is SHA256: and 43 characters of base64",
} as const;

export type HandshakeErrorCode = keyof typeof MESSAGES;

/** Why a protected channel could not be made or cannot go on; quotes no bytes, they may be secret. */
export class HandshakeError extends Error {
  override readonly name = "HandshakeError";
  readonly code: HandshakeErrorCode;

  constructor(code: HandshakeErrorCode, options?: ErrorOptions) {
    super(MESSAGES[code], options);
    this.code = code;
  }
}
