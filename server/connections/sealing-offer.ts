import type { PayloadSealer } from "@lair-chat/protocol/handshake/sealed-frames.ts";
import { FRAME_HEADER_BYTES } from "@lair-chat/protocol/wire/frame.ts";
import { messageFrame } from "./frame-batch.ts";
import { type SealingWays, serverHello } from "./hello.ts";

/** How clients may have a connection sealed, and the hello that says so. */
export interface SealingOffer extends SealingWays {
  readonly helloFrame: Uint8Array;
  /** Byte for byte what every client is told: a handshake is about it. */
  readonly helloPayload: Uint8Array;
}

/** To be made once for all connections. */
export function sealingOffer(ways: SealingWays): SealingOffer {
  // A copy: small frames share their memory with others, and this one stays.
  const helloFrame = messageFrame(serverHello(ways)).slice();
  return { ...ways, helloFrame, helloPayload: helloFrame.subarray(FRAME_HEADER_BYTES) };
}

/** A transport whose frames are not sealed yet and can be. */
export interface Sealable {
  readonly offer: SealingOffer;
  /**
   * Writes one more frame in the clear; from then on seals all that is written and opens all that is
   * read. One step that nothing can come between, and to be taken once.
   */
  secure(lastPlainFrame: Uint8Array, sealer: PayloadSealer): void;
}
