import { WireError } from "./wire-error.ts";

/** Bytes in front of every payload: its length, unsigned, big-endian. */
export const FRAME_HEADER_BYTES = 4;

// Small frames are cut from one slab: on Node 26 a frame of 300 bytes costs about 130 ns this way
// and about 1 us with an ArrayBuffer of its own. The slab is kept small because one frame that
// waits in a slow reader's queue keeps the whole slab alive.
const SLAB_BYTES = 32 * 1024;
const LARGEST_SLAB_FRAME = SLAB_BYTES / 2;

// A UTF-16 unit never takes more than three bytes of UTF-8 (a pair takes four).
const MAX_UTF8_BYTES_PER_UNIT = 3;

// An unfinished frame starts with this much memory, or its declared length if that is less.
const FIRST_RESERVATION = 1024;

const MAX_UINT32 = 0xff_ff_ff_ff;

const NO_BYTES = new Uint8Array(0);

const encoder = new TextEncoder();
let slab = new Uint8Array(SLAB_BYTES);
let slabUsed = 0;

/**
 * Copies a payload into a frame. Like every small frame made here the result shares its
 * ArrayBuffer with other frames: write it, never transfer or modify it.
 */
export function encodeFrame(payload: Uint8Array, maxBytes: number): Uint8Array {
  if (payload.length === 0) throw new WireError("frame_empty");
  if (payload.length > maxBytes) throw new WireError("frame_too_large");
  const frame = takeBytes(FRAME_HEADER_BYTES + payload.length);
  writeLength(frame, payload.length);
  frame.set(payload, FRAME_HEADER_BYTES);
  return frame;
}

/** Encodes text as UTF-8 straight into a frame; the same sharing as `encodeFrame`. */
export function encodeTextFrame(text: string, maxBytes: number): Uint8Array {
  if (text.length === 0) throw new WireError("frame_empty");
  // Every unit takes at least one byte, so this needs no encoding to be certain.
  if (text.length > maxBytes) throw new WireError("frame_too_large");
  const worstBytes = FRAME_HEADER_BYTES + text.length * MAX_UTF8_BYTES_PER_UNIT;
  if (worstBytes > LARGEST_SLAB_FRAME) return encodeLongText(text, maxBytes);

  reserveInSlab(worstBytes);
  const start = slabUsed;
  const room = slab.subarray(start + FRAME_HEADER_BYTES, start + worstBytes);
  const { written } = encoder.encodeInto(text, room);
  if (written > maxBytes) throw new WireError("frame_too_large");
  slabUsed = start + FRAME_HEADER_BYTES + written;
  const frame = slab.subarray(start, slabUsed);
  writeLength(frame, written);
  return frame;
}

/** Straight into the frame where, as mostly, each unit is a byte: a page of a log is not in memory twice. */
function encodeLongText(text: string, maxBytes: number): Uint8Array {
  const frame = takeBytes(FRAME_HEADER_BYTES + text.length);
  const { read } = encoder.encodeInto(text, frame.subarray(FRAME_HEADER_BYTES));
  if (read < text.length) return encodeFrame(encoder.encode(text), maxBytes);
  writeLength(frame, text.length);
  return frame;
}

function takeBytes(size: number): Uint8Array {
  if (size > LARGEST_SLAB_FRAME) return new Uint8Array(size);
  reserveInSlab(size);
  const start = slabUsed;
  slabUsed += size;
  return slab.subarray(start, slabUsed);
}

function reserveInSlab(size: number): void {
  if (slabUsed + size <= SLAB_BYTES) return;
  slab = new Uint8Array(SLAB_BYTES);
  slabUsed = 0;
}

function writeLength(frame: Uint8Array, length: number): void {
  frame[0] = length >>> 24;
  frame[1] = length >>> 16;
  frame[2] = length >>> 8;
  frame[3] = length;
}

/**
 * Cuts a stream of bytes into payloads.
 *
 * Feed a chunk with `push`, then call `next` until it answers undefined. A payload that lay whole
 * in one chunk is a view into that chunk: it is valid only until the caller gives the chunk's
 * memory back (a reused read buffer), so parse or copy it before then. An unfinished frame is
 * copied by the call to `next` that answers undefined; after that call the chunk's memory is free.
 * A caller that stops earlier, with payloads still unread, calls `keep` to free it.
 *
 * A length is judged as soon as its four bytes are known and before memory is taken, and memory
 * grows with the bytes received, not with the length declared. After an error the decoder is dead:
 * it holds nothing and throws the same error again.
 */
export class FrameDecoder {
  #maxFrameBytes: number;
  #chunk: Uint8Array = NO_BYTES;
  #at = 0;
  #chunkIsOurs = false;
  #headerBytes = 0;
  #length = 0;
  #body: Uint8Array = NO_BYTES;
  #bodyBytes = 0;
  #failure: WireError | undefined;

  constructor(options: { maxFrameBytes: number }) {
    this.#maxFrameBytes = checkLimit(options.maxFrameBytes);
  }

  /** Received and not yet handed out, headers included; the share of a global inbound budget. */
  get bufferedBytes(): number {
    return this.#chunk.length - this.#at + this.#headerBytes + this.#bodyBytes;
  }

  /** Memory the decoder itself has taken; at most about twice what was received. */
  get reservedBytes(): number {
    return this.#body.length + (this.#chunkIsOurs ? this.#chunk.length : 0);
  }

  /** Holds for every length not yet read, so for the frames behind the one just handed out too. */
  setMaxFrameBytes(maxFrameBytes: number): void {
    this.#maxFrameBytes = checkLimit(maxFrameBytes);
  }

  /** Lends a chunk to the decoder; behind unread payloads it is copied, and waits its turn. */
  push(chunk: Uint8Array): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#at < this.#chunk.length) {
      this.#chunk = joined(this.#chunk.subarray(this.#at), chunk);
      this.#chunkIsOurs = true;
    } else {
      this.#chunk = chunk;
      this.#chunkIsOurs = false;
    }
    this.#at = 0;
  }

  /** The next whole payload, or undefined when more bytes are needed. */
  next(): Uint8Array | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#headerBytes < FRAME_HEADER_BYTES && !this.#readHeader()) return this.#dropChunk();
    const end = this.#at + this.#length;
    if (this.#bodyBytes > 0 || end > this.#chunk.length) return this.#collect();
    const payload = this.#chunk.subarray(this.#at, end);
    this.#at = end;
    this.#headerBytes = 0;
    return payload;
  }

  /** Copies what is unread, so that the chunk's memory may be given back before `next` is done. */
  keep(): void {
    if (this.#chunkIsOurs || this.#at === this.#chunk.length) return;
    this.#chunk = this.#chunk.slice(this.#at);
    this.#chunkIsOurs = true;
    this.#at = 0;
  }

  #readHeader(): boolean {
    const chunk = this.#chunk;
    // Four shifts of a byte push the previous length out, so it needs no reset.
    while (this.#headerBytes < FRAME_HEADER_BYTES) {
      if (this.#at === chunk.length) return false;
      this.#length = ((this.#length << 8) | (chunk[this.#at] as number)) >>> 0;
      this.#at += 1;
      this.#headerBytes += 1;
    }
    if (this.#length === 0) throw this.#fail(new WireError("frame_empty"));
    if (this.#length > this.#maxFrameBytes) throw this.#fail(new WireError("frame_too_large"));
    return true;
  }

  /** Copies what has come of an unfinished frame; its payload once it is whole. */
  #collect(): Uint8Array | undefined {
    const end = Math.min(this.#chunk.length, this.#at + this.#length - this.#bodyBytes);
    const received = this.#bodyBytes + end - this.#at;
    if (received > this.#body.length) this.#grow(received);
    this.#body.set(this.#chunk.subarray(this.#at, end), this.#bodyBytes);
    this.#bodyBytes = received;
    this.#at = end;
    if (received < this.#length) return this.#dropChunk();
    // Memory never grows past the declared length, so by now it is exactly the payload.
    const payload = this.#body;
    this.#body = NO_BYTES;
    this.#bodyBytes = 0;
    this.#headerBytes = 0;
    return payload;
  }

  #grow(received: number): void {
    const wanted = Math.max(FIRST_RESERVATION, received, this.#body.length * 2);
    const grown = new Uint8Array(Math.min(this.#length, wanted));
    grown.set(this.#body.subarray(0, this.#bodyBytes));
    this.#body = grown;
  }

  /** Lets go of a chunk read to its end, so that an idle connection holds no buffer. */
  #dropChunk(): undefined {
    this.#chunk = NO_BYTES;
    this.#at = 0;
    this.#chunkIsOurs = false;
    return undefined;
  }

  #fail(error: WireError): WireError {
    this.#failure = error;
    this.#dropChunk();
    this.#headerBytes = 0;
    return error;
  }
}

function checkLimit(maxFrameBytes: number): number {
  if (Number.isInteger(maxFrameBytes) && maxFrameBytes > 0 && maxFrameBytes <= MAX_UINT32) {
    return maxFrameBytes;
  }
  throw new RangeError(`maxFrameBytes: expected 1 to ${MAX_UINT32}, got ${maxFrameBytes}`);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
