import { setTimeout as sleep } from "node:timers/promises";
import type { ConversationId, UserId } from "@lair-chat/protocol/ids.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import type { MessageTarget } from "@lair-chat/protocol/messages/shapes.ts";
import { encodeTextFrame } from "@lair-chat/protocol/wire/frame.ts";
import type { ConnectionLog } from "./connection-log.ts";
import { FrameBatch } from "./frame-batch.ts";
import type { Listener, OnlineUser } from "./online-users.ts";

/** Where a log ends, as one of its readers names it. */
export interface ConversationHead {
  readonly conversationId: ConversationId;
  readonly target: MessageTarget;
  readonly seq: number;
  readonly chain: Uint8Array | null;
}

export interface HeadsSweepDeps {
  readonly users: () => Iterable<OnlineUser>;
  /** Tells now what waits to be told to a user. */
  readonly tellPending: (user: OnlineUser) => void;
  /** The heads of what a user is in, and of the user's own log, by the database: what is pushed does not pass there. */
  readonly headsOf: (userId: UserId) => Promise<{
    readonly heads: readonly ConversationHead[];
    readonly userSeq: number;
  }>;
  readonly logId: string;
  readonly log: Pick<ConnectionLog, "error">;
  readonly everyMs: number;
  /** From 0 to below 1. */
  readonly random: () => number;
}

/** A head as it was last seen, and when it was seen to be another than before. */
interface SeenHead {
  readonly seq: number;
  readonly changedAt: number;
  /** As JSON, made once for all who hear it. */
  readonly json: string;
  round: number;
}

/** What a connection was told last. */
interface Told {
  at: number;
  userSeq: number | undefined;
}

/** Users between whom others get their turn. */
const usersAtOnce = 10;
/** Part of the time between two rounds that one round takes, however many users there are. */
const spread = 0.25;

/**
 * Tells connections that ask for it, every so often, where the logs end that have grown: a push that
 * was lost on its way is found by that, even if nothing follows it.
 */
export class HeadsSweep {
  readonly #deps: HeadsSweepDeps;
  readonly #seen = new Map<string, SeenHead>();
  readonly #told = new WeakMap<Listener, Told>();
  readonly #stop = new AbortController();
  /** Counts the changes that were seen: a clock on which no two are at once. */
  #changes = 0;
  #batches = 0;
  #round = 0;

  constructor(deps: HeadsSweepDeps) {
    this.#deps = deps;
  }

  /** Heads that are remembered, and how often connections were told of some. */
  stats(): { readonly known: number; readonly told: number } {
    return { known: this.#seen.size, told: this.#batches };
  }

  /** The connection hears everything from now on: it is told of what changes later. */
  attached(listener: Listener, userSeq: number | undefined): void {
    this.#told.set(listener, { at: this.#changes, userSeq });
  }

  /** Goes round until it is disposed of. */
  start(): void {
    void this.#run();
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
  }

  /** Looks at everybody once. */
  async round(): Promise<void> {
    this.#round += 1;
    const users = [...this.#deps.users()].filter((user) => user.speaks("heads"));
    const pauses = Math.ceil(users.length / usersAtOnce) - 1;
    const pauseMs = pauses > 0 ? (this.#deps.everyMs * spread) / pauses : 0;
    for (const [index, user] of users.entries()) {
      if (index > 0 && index % usersAtOnce === 0) await this.#pause(pauseMs);
      await this.#look(user);
    }
    for (const [key, { round }] of this.#seen) {
      if (round < this.#round - 1) this.#seen.delete(key);
    }
  }

  async #run(): Promise<void> {
    const { everyMs, random, log } = this.#deps;
    try {
      for (;;) {
        // Not all servers of a restart, and not always the same moment.
        await this.#pause(everyMs * (0.8 + 0.2 * random()) * (1 - spread));
        await this.round();
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) log.error({ err: error }, "heads are not told any more");
    }
  }

  #pause(ms: number): Promise<void> {
    return sleep(ms, undefined, { ref: false, signal: this.#stop.signal });
  }

  async #look(user: OnlineUser): Promise<void> {
    try {
      const { heads, userSeq } = await this.#deps.headsOf(user.id);
      // Whoever hears of a head has to have heard what leads up to it.
      this.#deps.tellPending(user);
      const seen = heads.map((head) => this.#see(head));
      for (const listener of user.listeners) this.#tell(listener, seen, userSeq);
    } catch (error) {
      this.#deps.log.error({ err: error, userId: user.id }, "heads could not be told");
    }
  }

  #see({ conversationId, target, seq, chain }: ConversationHead): SeenHead {
    const key = target.type === "dm" ? `${conversationId} ${target.recipient}` : conversationId;
    const known = this.#seen.get(key);
    if (known?.seq === seq) {
      known.round = this.#round;
      return known;
    }
    const base64 = chain === null ? null : Buffer.from(chain).toString("base64");
    this.#changes += 1;
    const json = JSON.stringify({ target, seq, chain: base64 });
    const head = { seq, changedAt: this.#changes, json, round: this.#round };
    this.#seen.set(key, head);
    return head;
  }

  #tell(listener: Listener, seen: readonly SeenHead[], userSeq: number): void {
    const told = this.#told.get(listener);
    if (told === undefined || !listener.speaks("heads")) return;
    const changed = seen.filter(({ changedAt }) => changedAt > told.at);
    const own = told.userSeq === undefined || told.userSeq === userSeq ? undefined : userSeq;
    this.#told.set(listener, { at: this.#changes, userSeq: own ?? told.userSeq });
    if (changed.length === 0 && own === undefined) return;
    this.#batches += 1;
    listener.sendBatch(this.#batch(changed, own));
  }

  #batch(changed: readonly SeenHead[], userSeq: number | undefined): FrameBatch {
    const frames: Uint8Array[] = [];
    for (let start = 0; start === 0 || start < changed.length; start += limits.headsPerEvent) {
      frames.push(this.#frame(changed.slice(start, start + limits.headsPerEvent), userSeq));
    }
    return new FrameBatch(frames);
  }

  #frame(heads: readonly SeenHead[], userSeq: number | undefined): Uint8Array {
    const own = userSeq === undefined ? "" : `,"user_seq":${userSeq}`;
    const list = heads.map(({ json }) => json).join(",");
    const logId = JSON.stringify(this.#deps.logId);
    const text = `{"type":"heads","log_id":${logId}${own},"heads":[${list}]}`;
    return encodeTextFrame(text, limits.frameBytes);
  }
}
