import type { UserId } from "@lair-chat/protocol/ids.ts";
import type { UserLogEvent } from "@lair-chat/protocol/registry.ts";
import type { EphemeralEvent } from "../cluster/bus.ts";
import type { ConnectionLog } from "./connection-log.ts";
import { FrameBatch, messageFrame } from "./frame-batch.ts";
import type { OnlineUser } from "./online-users.ts";

/** Those of the events outside of conversations' logs that are in a user's own log, where `resume` finds them. */
export const isInUserLog: { readonly [Type in EphemeralEvent["type"]]: boolean } = {
  user_typing: false,
  server_notice: false,
  room_deleted: true,
  invitation_received: true,
  invitation_cancelled: true,
  messages_read: true,
};

/** Every user's own log, as far as it is committed. */
export interface UserLogReader {
  head(userId: UserId): Promise<number>;
  /** The oldest entries behind a place. */
  after(userId: UserId, page: UserLogBound): Promise<readonly UserLogPlace[]>;
}

interface UserLogBound {
  readonly after: number;
  readonly limit: number;
}

interface UserLogPlace {
  readonly seq: number;
  readonly event: UserLogEvent;
}

export interface UserLogFeedDeps {
  readonly userLog: UserLogReader;
  readonly log: Pick<ConnectionLog, "error">;
}

/** How far the log of a user was told to those of the connections that know it. */
interface Feed {
  toldTo: number;
  isReading: boolean;
  isAskedAgain: boolean;
  /** Settles with the place from which on it is told. */
  readonly begun: Promise<number>;
}

const entriesAtOnce = 100;

/**
 * Tells what users' own logs bring, read from the logs themselves: whoever changes one only says that
 * it grew, so that the order is the log's, nothing is told before it is durable, and nothing is left
 * out where two changes meet.
 */
export class UserLogFeed {
  readonly #deps: UserLogFeedDeps;
  readonly #feeds = new Map<OnlineUser, Feed>();

  constructor(deps: UserLogFeedDeps) {
    this.#deps = deps;
  }

  /** Users whose log is told. */
  get size(): number {
    return this.#feeds.size;
  }

  /** Everything behind the place that this resolves with is told. */
  async start(user: OnlineUser): Promise<number> {
    const known = this.#feeds.get(user);
    if (known !== undefined) return known.begun;
    const begun = this.#deps.userLog.head(user.id);
    const feed: Feed = { toldTo: 0, isReading: true, isAskedAgain: false, begun };
    this.#feeds.set(user, feed);
    try {
      feed.toldTo = await begun;
    } catch (error) {
      this.#feeds.delete(user);
      throw error;
    }
    feed.isReading = false;
    if (feed.isAskedAgain) void this.#read(user, feed);
    return feed.toldTo;
  }

  /** Nobody is there any more who knows the log. */
  stop(user: OnlineUser): void {
    this.#feeds.delete(user);
  }

  /** Something was committed to the user's log. */
  grew(user: OnlineUser): void {
    const feed = this.#feeds.get(user);
    if (feed === undefined) return;
    if (feed.isReading) feed.isAskedAgain = true;
    else void this.#read(user, feed);
  }

  /** Never rejects: what could not be read now is found by the heads. */
  async #read(user: OnlineUser, feed: Feed): Promise<void> {
    feed.isReading = true;
    try {
      while (this.#feeds.get(user) === feed) {
        feed.isAskedAgain = false;
        const isAll = await this.#tellPage(user, feed);
        if (isAll && !feed.isAskedAgain) break;
      }
    } catch (error) {
      this.#deps.log.error({ err: error, userId: user.id }, "a user's own log could not be told");
    } finally {
      feed.isReading = false;
    }
  }

  async #tellPage(user: OnlineUser, feed: Feed): Promise<boolean> {
    const page = { after: feed.toldTo, limit: entriesAtOnce };
    const entries = await this.#deps.userLog.after(user.id, page);
    const last = entries.at(-1);
    if (last === undefined) return true;
    const frames = entries.map(({ seq, event }) => messageFrame({ ...event, user_seq: seq }));
    user.sendBatchTo("resume", new FrameBatch(frames));
    feed.toldTo = Math.max(feed.toldTo, last.seq);
    return entries.length < entriesAtOnce;
  }
}
