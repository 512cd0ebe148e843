import { limits } from "@lair-chat/protocol/limits.ts";
import { encodeTextFrame } from "@lair-chat/protocol/wire/frame.ts";

/** Frames for one or many readers, encoded once: each is a length prefix and a payload. */
export class FrameBatch {
  readonly frames: readonly Uint8Array[];
  readonly bytes: number;
  #joined: Uint8Array | undefined;

  constructor(frames: readonly Uint8Array[]) {
    this.frames = frames;
    let bytes = 0;
    for (const frame of frames) bytes += frame.length;
    this.bytes = bytes;
  }

  /** All frames in one piece of memory, made once however many sockets it is written to. */
  get joined(): Uint8Array {
    this.#joined ??= join(this.frames, this.bytes);
    return this.#joined;
  }
}

/** Frames of the moment, which nobody asks for again: the first to be left out where not all can be sent. */
export class EphemeralBatch extends FrameBatch {}

/** Frames that are in no log and still not to be missed; few and small. Whoever is left out of others gets these. */
export class KeptBatch extends FrameBatch {}

function join(frames: readonly Uint8Array[], bytes: number): Uint8Array {
  const [first] = frames;
  if (frames.length === 1 && first !== undefined) return first;
  return Buffer.concat(frames, bytes);
}

/** A message as the frame that carries it. @throws WireError `frame_too_large` */
export function messageFrame(message: object): Uint8Array {
  return textFrame(JSON.stringify(message));
}

/** The same, of a message that is JSON already. */
export function textFrame(text: string): Uint8Array {
  return encodeTextFrame(text, limits.frameBytes);
}
