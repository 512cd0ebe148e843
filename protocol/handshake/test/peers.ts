import assert from "node:assert/strict";
import { HandshakeError, type HandshakeErrorCode } from "../handshake-error.ts";
import { nodePrimitives } from "../node-primitives.ts";
import { answerNoise, NoiseInitiator, type NoiseSession } from "../noise-nk.ts";
import type { KeyPair } from "../primitives.ts";

export const hex = (text: string) => new Uint8Array(Buffer.from(text, "hex"));
export const bytesOf = (text: string) => new TextEncoder().encode(text);

/** What `assert.throws` takes for an error of this code. */
export const failsWith = (code: HandshakeErrorCode) => (error: unknown) => {
  assert.ok(error instanceof HandshakeError, String(error));
  assert.equal(error.code, code);
  return true;
};

/** Points whose product with any X25519 secret is zero, in all their spellings. */
export const smallOrderPoints: readonly Uint8Array[] = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
].flatMap((text) => {
  const point = hex(text);
  // X25519 passes over the highest bit.
  const twin = point.with(31, (point[31] ?? 0) | 0x80);
  return [point, twin];
});

export interface Sessions {
  readonly client: NoiseSession;
  readonly server: NoiseSession;
}

/** Both ends of a finished handshake. */
export function connect(keyPair: KeyPair = nodePrimitives.generateKeyPair()): Sessions {
  const prologue = bytesOf("both hellos");
  const initiator = new NoiseInitiator(nodePrimitives, { prologue, serverKey: keyPair.publicKey });
  const answer = answerNoise(nodePrimitives, { prologue, keyPair }, initiator.message);
  return { client: initiator.finish(answer.reply), server: answer.session };
}

/** A copy in which one byte is another. */
export function altered(bytes: Uint8Array, at: number, mask: number): Uint8Array {
  const index = at % bytes.length;
  return bytes.with(index, (bytes[index] ?? 0) ^ mask);
}
