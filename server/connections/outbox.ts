import { failPoint } from "../observability/fail-points.ts";
import type { Channel } from "./channel.ts";
import { EphemeralBatch, FrameBatch, KeptBatch } from "./frame-batch.ts";
import type { Traffic } from "./traffic.ts";
import type { Turn } from "./turn.ts";

export interface OutboxLimits {
  /** Bytes of pushed events that may wait before a reader that can resume is left out of them. */
  readonly outboxLagBytes: number;
  /** Bytes of pushed events that may wait for a reader that does not keep up. */
  readonly outboxBytes: number;
  /** How long such a reader may take nothing at all. */
  readonly outboxStallMs: number;
  /** How long a closed connection may take to read its last bytes. */
  readonly closeGraceMs: number;
}

/** A reader is left out of what is pushed; has read all that waited and is pushed to again; or is gone. */
export type LagChange = "begins" | "caught up" | "closed";

/** What all outboxes share. */
export interface OutboxDeps {
  readonly turn: Pick<Turn, "write">;
  readonly limits: OutboxLimits;
  readonly traffic: Pick<Traffic, "framesSent" | "bytesSent">;
  /** Milliseconds on a clock that never jumps. */
  readonly monotonic: () => number;
}

/** Whose outbox it is. */
export interface OutboxOwner {
  readonly channel: Pick<Channel, "write" | "unsentBytes" | "onDrain" | "end" | "destroy">;
  /** Whether the reader can fetch what it was left out of. */
  readonly canResume: () => boolean;
  readonly onLag: (change: LagChange) => void;
  /** The reader does not keep up and is to be given up. */
  readonly onSlow: () => void;
  /** Everything has gone. */
  readonly onEmpty: () => void;
}

/**
 * Handed to the system at once. Small, because a write counts as progress only when all of it is
 * taken, and what is not handed over yet can still be left out when the reader is given up.
 */
const PIECE_BYTES = 64 * 1024;

/**
 * Replies may outweigh what is pushed: they were asked for, and only so many requests are in
 * flight. This bounds them for one that asks and does not read.
 */
const REPLY_SHARE = 8;

/** Frames for one connection alone. */
class OwnBatch extends FrameBatch {}

/** What waits to be written to one connection: in order, bounded, and written once in a turn. */
export class Outbox {
  readonly #deps: OutboxDeps;
  readonly #owner: OutboxOwner;
  #state: "open" | "closing" | "closed" = "open";
  #queue: FrameBatch[] = [];
  /** Own frames that came last; they become one batch. */
  #ownFrames: Uint8Array[] = [];
  #queuedBytes = 0;
  #pushedBytes = 0;
  #isMarked = false;
  #isLagging = false;
  /** Since when the system has not taken what it was handed. */
  #blockedSince: number | undefined;

  constructor(deps: OutboxDeps, owner: OutboxOwner) {
    this.#deps = deps;
    this.#owner = owner;
    owner.channel.onDrain(() => this.#drained());
  }

  /** Bytes that the system has not taken yet. */
  get waitingBytes(): number {
    return this.#queuedBytes + this.#owner.channel.unsentBytes;
  }

  /** A frame for this connection alone. */
  send(frame: Uint8Array): void {
    if (this.#state !== "open") return;
    this.#ownFrames.push(frame);
    failPoint("reply queued");
    this.#queuedBytes += frame.length;
    this.#mark();
  }

  /** Frames that others get too. */
  sendBatch(batch: FrameBatch): void {
    if (this.#state !== "open" || (this.#isLagging && !(batch instanceof KeptBatch))) return;
    this.#gatherOwn();
    this.#queue.push(batch);
    this.#queuedBytes += batch.bytes;
    this.#pushedBytes += batch.bytes;
    this.#mark();
  }

  /** Writes what the turn has brought; called at its end. */
  flush(): void {
    this.#isMarked = false;
    if (this.#state === "closed") return;
    if (this.#blockedSince === undefined) this.#write();
    // Judged only here and only while blocked: one large turn is not the reader's fault.
    else this.#judge();
  }

  /** Hands over everything that waits, whether it is taken or not, and does the step behind it. */
  inOrder(step: () => void): void {
    if (this.#state !== "open") return;
    const { channel } = this.#owner;
    this.#gatherOwn();
    channel.write(this.#takeAll());
    this.#queuedBytes = 0;
    this.#pushedBytes = 0;
    step();
    if (channel.unsentBytes > 0) this.#blockedSince ??= this.#deps.monotonic();
  }

  /** Takes nothing more, and closes the channel when everything has gone. */
  finish(): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    this.flush();
  }

  /** Leaves out what waits, says one last word and closes. */
  giveUp(lastFrame: Uint8Array): void {
    if (this.#state === "closed") return;
    this.#drop();
    this.#owner.channel.write([new OwnBatch([lastFrame])]);
    this.#close();
  }

  /** The channel is gone. */
  dispose(): void {
    this.#state = "closed";
    this.#drop();
    this.#endLag("closed");
  }

  /** Looks for a reader that has stopped. */
  sweep(now: number): void {
    const since = this.#blockedSince;
    if (since === undefined || this.#state === "closed") return;
    if (now - since < this.#deps.limits.outboxStallMs) return;
    if (this.#state === "open") this.#owner.onSlow();
    else this.#owner.channel.destroy();
  }

  #mark(): void {
    if (this.#isMarked) return;
    this.#isMarked = true;
    this.#deps.turn.write(this);
  }

  #gatherOwn(): void {
    if (this.#ownFrames.length === 0) return;
    this.#queue.push(new OwnBatch(this.#ownFrames));
    this.#ownFrames = [];
  }

  #judge(): void {
    const { canResume, onSlow } = this.#owner;
    const isBehind = !this.#isLagging && this.#pushedBytes > this.#deps.limits.outboxLagBytes;
    if (isBehind && canResume()) this.#leaveOut();
    if (this.#isOverfull()) onSlow();
  }

  /** First what is of the moment; where that is not enough, everything that is found in a log. */
  #leaveOut(): void {
    this.#discard((batch) => batch instanceof EphemeralBatch);
    if (this.#pushedBytes <= this.#deps.limits.outboxLagBytes) return;
    this.#discard((batch) => !(batch instanceof OwnBatch || batch instanceof KeptBatch));
    this.#isLagging = true;
    this.#owner.onLag("begins");
  }

  #discard(isOne: (batch: FrameBatch) => boolean): void {
    for (const batch of this.#queue.filter(isOne)) this.#forget(batch);
    this.#queue = this.#queue.filter((batch) => !isOne(batch));
  }

  /** All that is pushed from here on is behind everything that was left out. */
  #endLag(change: "caught up" | "closed"): void {
    if (!this.#isLagging) return;
    this.#isLagging = false;
    this.#owner.onLag(change);
  }

  #isOverfull(): boolean {
    const { outboxBytes } = this.#deps.limits;
    return this.#pushedBytes > outboxBytes || this.#queuedBytes > outboxBytes * REPLY_SHARE;
  }

  #write(): void {
    const { channel, onEmpty } = this.#owner;
    this.#gatherOwn();
    while (this.#queue.length > 0) {
      channel.write(this.#takePiece());
      failPoint("reply written");
      if (channel.unsentBytes === 0) continue;
      this.#blockedSince = this.#deps.monotonic();
      return;
    }
    if (this.#state === "closing") {
      this.#close();
      return;
    }
    this.#endLag("caught up");
    onEmpty();
  }

  #takePiece(): readonly FrameBatch[] {
    const piece = this.#queuedBytes <= PIECE_BYTES ? this.#takeAll() : this.#takeSome();
    const { traffic } = this.#deps;
    for (const batch of piece) {
      this.#forget(batch);
      traffic.framesSent += batch.frames.length;
      traffic.bytesSent += batch.bytes;
    }
    return piece;
  }

  #takeAll(): readonly FrameBatch[] {
    const all = this.#queue;
    this.#queue = [];
    return all;
  }

  #takeSome(): readonly FrameBatch[] {
    let bytes = 0;
    const end = this.#queue.findIndex((batch) => {
      bytes += batch.bytes;
      return bytes >= PIECE_BYTES;
    });
    return this.#queue.splice(0, end + 1);
  }

  #forget(batch: FrameBatch): void {
    this.#queuedBytes -= batch.bytes;
    if (!(batch instanceof OwnBatch)) this.#pushedBytes -= batch.bytes;
  }

  #drained(): void {
    if (this.#blockedSince === undefined || this.#state === "closed") return;
    this.#blockedSince = undefined;
    this.#write();
  }

  #drop(): void {
    this.#queue = [];
    this.#ownFrames = [];
    this.#queuedBytes = 0;
    this.#pushedBytes = 0;
  }

  #close(): void {
    this.#state = "closed";
    this.#owner.channel.end(this.#deps.limits.closeGraceMs);
  }
}
