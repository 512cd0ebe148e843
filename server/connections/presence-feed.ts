import type { ConversationId, UserId } from "@lair-chat/protocol/ids.ts";
import type { Audiences } from "./audiences.ts";
import type { OnlineUser } from "./online-users.ts";
import { type PresenceChange, PresencePortion } from "./presence-portion.ts";
import type { Turn } from "./turn.ts";

export interface PresenceFeedDeps {
  readonly turn: Pick<Turn, "gather">;
  readonly audiences: Pick<Audiences, "usersOf">;
  /** Does a step after so many milliseconds, and keeps no process alive for it. */
  readonly schedule: (step: () => void, ms: number) => void;
}

/**
 * Milliseconds from one telling to the next: who comes alone is told at once, and many come in portions.
 * The more are told the longer it is, so that telling takes a small part of the time however large a room is.
 */
export const presencePauseMs = { least: 100, perReader: 0.1, most: 2_000 };

/** What there is to tell of somebody, and to whom. */
interface Pending extends PresenceChange {
  /** Of one who has gone those that were heard to the end. */
  readonly conversations: Iterable<ConversationId>;
  /** Somebody was answered otherwise meanwhile than was told. */
  isKnown: boolean;
}

/**
 * Tells those who share a conversation who comes and who goes. What changes in one turn is told at its
 * end; behind that a pause is made, and what changes in it is told together when it is over. Only what
 * it comes to is told: who comes back within the pause has never been gone.
 */
export class PresenceFeed {
  readonly #deps: PresenceFeedDeps;
  readonly #changes = new Map<UserId, Pending>();
  #state: "resting" | "gathering" | "pausing" = "resting";
  /** Counts the lists of peers that were made. */
  #mark = 0;

  constructor(deps: PresenceFeedDeps) {
    this.#deps = deps;
  }

  /** People whose coming or going has not been told yet. */
  get size(): number {
    return this.#changes.size;
  }

  /** The user is here, and knows it. */
  came(user: OnlineUser): void {
    this.#note(user, true);
  }

  /** The last connection has gone; to be called while the user still has the conversations. */
  went(user: OnlineUser): void {
    this.#note(user, false);
  }

  /** Somebody learned by a question whether a user is here: what was learned so and is over is told too. */
  answered(userId: UserId, isOnline: boolean): void {
    const change = this.#changes.get(userId);
    if (change !== undefined && change.wasOnline !== isOnline) change.isKnown = true;
  }

  /** The same, of everybody. */
  answeredAll(online: ReadonlySet<UserId>): void {
    for (const id of this.#changes.keys()) this.answered(id, online.has(id));
  }

  #note(user: OnlineUser, isOnline: boolean): void {
    const { wasOnline = !isOnline, isKnown = false } = this.#changes.get(user.id) ?? {};
    if (wasOnline === isOnline && !isKnown) {
      this.#changes.delete(user.id);
      return;
    }
    const conversations = isOnline ? user.conversations : [...user.conversations];
    this.#changes.set(user.id, { user, conversations, wasOnline, isOnline, isKnown });
    if (this.#state === "resting") this.#gather();
  }

  #gather(): void {
    this.#state = "gathering";
    this.#deps.turn.gather(() => this.#tell());
  }

  #tell(): void {
    const changes = [...this.#changes.values()];
    this.#changes.clear();
    this.#state = "resting";
    const readers = this.#tellOf(changes);
    if (readers === 0) return;
    this.#state = "pausing";
    const { least, perReader, most } = presencePauseMs;
    this.#deps.schedule(() => this.#goOn(), Math.min(least + readers * perReader, most));
  }

  #goOn(): void {
    this.#state = "resting";
    if (this.#changes.size > 0) this.#gather();
  }

  /**
   * Each is told of to the largest of the audiences together with all others of whom it is the
   * largest, and alone to those who share another conversation only. Says how many were told, each time counted.
   */
  #tellOf(changes: readonly Pending[]): number {
    const portions = new Map<ReadonlySet<OnlineUser>, Pending[]>();
    let readers = 0;
    for (const change of changes) {
      const audience = this.#largestOf(change);
      const together = portions.get(audience);
      if (together === undefined) portions.set(audience, [change]);
      else together.push(change);
      const peers = this.#peersElsewhere(change, audience);
      if (peers.length > 0) readers += new PresencePortion([change]).tell(peers);
    }
    for (const [audience, together] of portions) {
      if (audience.size > 0) readers += new PresencePortion(together).tell(audience);
    }
    return readers;
  }

  #largestOf({ conversations }: Pending): ReadonlySet<OnlineUser> {
    let largest: ReadonlySet<OnlineUser> = nobody;
    for (const id of conversations) {
      const audience = this.#deps.audiences.usersOf(id);
      if (audience.size > largest.size) largest = audience;
    }
    return largest;
  }

  /** Those who share a conversation with somebody, but not the one that is told together; each once. */
  #peersElsewhere({ conversations }: Pending, together: ReadonlySet<OnlineUser>): OnlineUser[] {
    const peers: OnlineUser[] = [];
    this.#mark += 1;
    for (const id of conversations) {
      const audience = this.#deps.audiences.usersOf(id);
      if (audience === together) continue;
      for (const peer of audience) {
        if (peer.mark === this.#mark || together.has(peer)) continue;
        peer.mark = this.#mark;
        peers.push(peer);
      }
    }
    return peers;
  }
}

const nobody: ReadonlySet<OnlineUser> = new Set();
