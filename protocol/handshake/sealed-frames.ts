import { HandshakeError } from "./handshake-error.ts";
import { NOISE_MAX_BYTES, type NoiseSession } from "./noise-nk.ts";
import { concatBytes, TAG_BYTES } from "./primitives.ts";

/**
 * Turns payloads into sealed ones and back. Frames stay as they are, with the length of what is
 * sealed in front. The first failure is final: from then on it throws the same error.
 */
export interface PayloadSealer {
  /** How long a payload of so many bytes gets. */
  sealedBytes(payloadBytes: number): number;
  /** @throws HandshakeError */
  seal(payload: Uint8Array): Uint8Array;
  /** The payload, in memory of its own. @throws HandshakeError */
  open(sealed: Uint8Array): Uint8Array;
}

const MAX_PART_BYTES = NOISE_MAX_BYTES - TAG_BYTES;

/**
 * Payloads under the keys of a Noise handshake. A payload travels as Noise messages one behind the
 * other, all of the greatest length but the last, which is shorter and may be empty. So where a
 * payload ends is sealed too: cutting a frame or joining two makes neither of them fit.
 */
export class SealedChannel implements PayloadSealer {
  readonly #session: Pick<NoiseSession, "sending" | "receiving">;
  #failure: { readonly error: unknown } | undefined;

  constructor(session: Pick<NoiseSession, "sending" | "receiving">) {
    this.#session = session;
  }

  sealedBytes(payloadBytes: number): number {
    return payloadBytes + TAG_BYTES * (Math.floor(payloadBytes / MAX_PART_BYTES) + 1);
  }

  seal(payload: Uint8Array): Uint8Array {
    return this.#attempt(() => {
      const { sending } = this.#session;
      return mapParts(payload, MAX_PART_BYTES, (part) => sending.encrypt(part));
    });
  }

  open(sealed: Uint8Array): Uint8Array {
    return this.#attempt(() => {
      const { receiving } = this.#session;
      return mapParts(sealed, NOISE_MAX_BYTES, (part) => {
        if (part.length < TAG_BYTES) throw new HandshakeError("truncated");
        return receiving.decrypt(part);
      });
    });
  }

  #attempt(work: () => Uint8Array): Uint8Array {
    if (this.#failure !== undefined) throw this.#failure.error;
    try {
      return work();
    } catch (error) {
      // Whatever it was, the two sides may now count differently.
      this.#failure = { error };
      throw error;
    }
  }
}

/** Works on the parts of a whole, all of the given size but the last, and joins what they become. */
function mapParts(
  whole: Uint8Array,
  partBytes: number,
  work: (part: Uint8Array) => Uint8Array,
): Uint8Array {
  if (whole.length < partBytes) return work(whole);
  const done: Uint8Array[] = [];
  for (let at = 0; at <= whole.length; at += partBytes) {
    done.push(work(whole.subarray(at, at + partBytes)));
  }
  return concatBytes(...done);
}
