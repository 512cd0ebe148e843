import type { EventOf } from "@lair-chat/protocol/registry.ts";
import { EphemeralBatch, messageFrame } from "./frame-batch.ts";
import type { OnlineUser } from "./online-users.ts";

/** Somebody of whom something else was told last than what is true. */
export interface PresenceChange {
  readonly user: OnlineUser;
  /** What was told last. */
  readonly wasOnline: boolean;
  readonly isOnline: boolean;
}

/** Bytes of events that are made once and written to many. */
const batchBytes = 8 * 1024;

/** Who came and who went, to be told together to the same people. */
export class PresencePortion {
  readonly #batches: readonly PresenceBatch[];

  constructor(changes: Iterable<PresenceChange>) {
    this.#batches = batchesOf(changes);
  }

  /** Tells those who have signed in, and nobody of himself. Says how many were told. */
  tell(peers: Iterable<OnlineUser>): number {
    let told = 0;
    for (const peer of peers) if (peer.isAnnounced && this.#tellOne(peer)) told += 1;
    return told;
  }

  #tellOne(peer: OnlineUser): boolean {
    let isTold = false;
    for (const { framesOf, all } of this.#batches) {
      const batch = framesOf.has(peer) ? without(peer, framesOf) : all;
      if (batch.frames.length === 0) continue;
      peer.sendBatch(batch);
      isTold = true;
    }
    return isTold;
  }
}

type FramesOf = ReadonlyMap<OnlineUser, readonly Uint8Array[]>;

interface PresenceBatch {
  readonly framesOf: FramesOf;
  readonly all: EphemeralBatch;
}

function batchesOf(changes: Iterable<PresenceChange>): readonly PresenceBatch[] {
  const batches: PresenceBatch[] = [];
  let framesOf = new Map<OnlineUser, readonly Uint8Array[]>();
  let bytes = 0;
  const endBatch = () => {
    if (bytes > 0)
      batches.push({ framesOf, all: new EphemeralBatch([...framesOf.values()].flat()) });
    framesOf = new Map();
    bytes = 0;
  };
  for (const change of changes) {
    const frames = framesFor(change);
    const more = frames.reduce((sum, frame) => sum + frame.length, 0);
    if (bytes + more > batchBytes) endBatch();
    framesOf.set(change.user, frames);
    bytes += more;
  }
  endBatch();
  return batches;
}

/** Both, where the truth is again what was told: somebody was answered otherwise in between. */
function framesFor({ user, wasOnline, isOnline }: PresenceChange): readonly Uint8Array[] {
  const said = wasOnline === isOnline ? [!isOnline, isOnline] : [isOnline];
  return said.map((online) => {
    const type = online ? "user_online" : "user_offline";
    const event: EventOf<typeof type> = { type, user_id: user.id, username: user.username };
    return messageFrame(event);
  });
}

function without(peer: OnlineUser, framesOf: FramesOf): EphemeralBatch {
  const others = [...framesOf].filter(([user]) => user !== peer);
  return new EphemeralBatch(others.flatMap(([, frames]) => frames));
}
