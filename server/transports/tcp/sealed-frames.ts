import type { PayloadSealer } from "@lair-chat/protocol/handshake/sealed-frames.ts";
import { FRAME_HEADER_BYTES } from "@lair-chat/protocol/wire/frame.ts";
import type { FrameBatch } from "../../connections/frame-batch.ts";

/**
 * All frames of the batches for one receiver, sealed one by one in their order and put into one piece
 * of memory. The batches stay as they are: others get them too.
 */
export function sealedFrames(batches: readonly FrameBatch[], sealer: PayloadSealer): Uint8Array {
  const frames = batches.flatMap((batch) => batch.frames);
  const sizes = frames.map((frame) => sealer.sealedBytes(frame.length - FRAME_HEADER_BYTES));
  const whole = Buffer.allocUnsafe(
    sizes.reduce((bytes, size) => bytes + FRAME_HEADER_BYTES + size, 0),
  );
  let at = 0;
  for (const frame of frames) {
    const sealed = sealer.seal(frame.subarray(FRAME_HEADER_BYTES));
    at = whole.writeUInt32BE(sealed.length, at);
    whole.set(sealed, at);
    at += sealed.length;
  }
  return whole;
}
