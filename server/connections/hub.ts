import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { ConversationId, SessionId, UserId } from "@lair-chat/protocol/ids.ts";
import { events, type LoggedEvent } from "@lair-chat/protocol/registry.ts";
import type { Bus, EphemeralEvent } from "../cluster/bus.ts";
import type { Presence } from "../cluster/presence.ts";
import type { PushedMessage } from "../cluster/pushed-message.ts";
import { Audiences } from "./audiences.ts";
import type { ConnectionLog } from "./connection-log.ts";
import { EphemeralBatch, FrameBatch, KeptBatch, messageFrame } from "./frame-batch.ts";
import { type Listener, type OnlineUser, OnlineUsers } from "./online-users.ts";
import { PresenceFeed, type PresenceFeedDeps } from "./presence-feed.ts";
import { isInUserLog, UserLogFeed, type UserLogReader } from "./user-log-feed.ts";

/** What has to be known of a committed entry beside the event it becomes. */
export interface CommittedEntry {
  readonly conversationId: ConversationId;
  readonly seq: number;
  readonly kind: string;
  /** The two users of a direct conversation; absent for a room. */
  readonly pair?: readonly [UserId, UserId];
  /** Those among its readers who hear of it without its content. */
  readonly hiddenFrom?: readonly UserId[];
}

export interface HubDeps<Entry extends CommittedEntry> extends Omit<PresenceFeedDeps, "audiences"> {
  readonly log: Pick<ConnectionLog, "error">;
  /** The event that an entry is pushed as. */
  readonly toEvent: (entry: Entry) => LoggedEvent;
  /** What a message is pushed as. */
  readonly toPush: (entry: Entry) => PushedMessage;
  /** What an entry is pushed as to those it is hidden from. */
  readonly toHiddenEvent: (entry: Entry) => LoggedEvent;
  /** Every conversation a user is a member of, as committed. */
  readonly conversationIdsOf: (userId: UserId) => Promise<readonly ConversationId[]>;
  /** Every user's own log, as committed. */
  readonly userLog: UserLogReader;
  /** Told of each connection that begins to hear, and how far its user's own log is told to it. */
  readonly onAttached: (listener: Listener, userSeq: number | undefined) => void;
  readonly maxConnectionsPerUser: number;
  /** Silence after which a connection gives way to a new one. */
  readonly halfOpenMs: number;
  /** Milliseconds on a clock that never jumps. */
  readonly monotonic: () => number;
}

/** How much of what is told is kept in mind. */
export interface HubStats {
  readonly users: number;
  /** Conversations that somebody listens to. */
  readonly audiences: number;
  /** Users whose own log is told. */
  readonly userLogs: number;
  /** Users whose coming or going has not been told yet. */
  readonly presenceChanges: number;
}

function tooManyWindows(most: number): ChatError {
  const message = `You are connected ${most} times already, which is as often as one user may be. Close one of them.`;
  return new ChatError("busy", { message, retryAfter: 30 });
}

/** Who is here and what they hear. Membership comes from the database once, then from committed entries. */
export class Hub<Entry extends CommittedEntry> implements Presence, Bus {
  readonly #deps: HubDeps<Entry>;
  readonly #users = new OnlineUsers();
  readonly #audiences: Audiences;
  readonly #userLogs: UserLogFeed;
  readonly #presence: PresenceFeed;

  constructor(deps: HubDeps<Entry>) {
    this.#deps = deps;
    this.#userLogs = new UserLogFeed(deps);
    this.#audiences = new Audiences(deps);
    this.#presence = new PresenceFeed({ ...deps, audiences: this.#audiences });
  }

  /** Resolves when the connection hears everything that is committed from then on. */
  async attach(listener: Listener): Promise<void> {
    this.#makeRoom(listener);
    const user = this.#users.add(listener);
    user.loaded ??= this.#load(user);
    await user.loaded;
    const userSeq = listener.speaks("resume") ? await this.#userLogs.start(user) : undefined;
    this.#deps.onAttached(listener, userSeq);
  }

  /** Those who share a conversation are told that this user is here, once. */
  announce({ session }: Listener): void {
    const user = this.#users.get(session.userId);
    if (user === undefined || user.isAnnounced) return;
    this.#users.announce(user);
    this.#presence.came(user);
  }

  /** Forgets a connection; one that is not attached changes nothing. */
  detach(listener: Listener): void {
    const user = this.#users.remove(listener);
    if (user === undefined) return;
    if (!user.speaks("resume")) this.#userLogs.stop(user);
    if (user.listeners.size > 0) return;
    if (user.isAnnounced) this.#presence.went(user);
    for (const id of [...user.conversations]) this.#audiences.unsubscribe(user, id);
  }

  /** Takes the entries of a transaction, after it is durable and in the order of the commits. */
  publish(entries: readonly Entry[]): void {
    for (const entry of entries) {
      try {
        this.#publishOne(entry);
      } catch (cause) {
        this.#giveUp(entry, cause);
      }
    }
  }

  isOnline(userId: UserId): boolean {
    const isOnline = this.#users.announced.has(userId);
    this.#presence.answered(userId, isOnline);
    return isOnline;
  }

  onlineUsers(): ReadonlySet<UserId> {
    this.#presence.answeredAll(this.#users.announced);
    return this.#users.announced;
  }

  toConversation(conversationId: ConversationId, event: EphemeralEvent, except: UserId): void {
    const batch = new EphemeralBatch([messageFrame(event)]);
    for (const user of this.#audiences.usersOf(conversationId)) {
      if (user.id !== except) user.sendBatch(batch);
    }
  }

  closeConversation(
    conversationId: ConversationId,
    event: EphemeralEvent,
    members: readonly UserId[],
  ): void {
    const batch = new FrameBatch([messageFrame(event)]);
    const listening = [...this.#audiences.usersOf(conversationId)].map(({ id }) => id);
    for (const userId of new Set([...listening, ...members])) {
      const user = this.#users.get(userId);
      if (user === undefined) continue;
      this.#forget(user, conversationId);
      this.#tell(user, event, batch);
    }
  }

  toUser(userId: UserId, event: EphemeralEvent): void {
    const user = this.#users.get(userId);
    if (user !== undefined) this.#tell(user, event, new FrameBatch([messageFrame(event)]));
  }

  userLogGrew(userId: UserId): void {
    const user = this.#users.get(userId);
    if (user !== undefined) this.#userLogs.grew(user);
  }

  /** Puts into everybody's outbox what they would have been told at the end of the turn. */
  tellAll(): void {
    this.#audiences.tellAll();
  }

  /** The same, of the conversations of one user. */
  tellPending(user: OnlineUser): void {
    this.#audiences.tellPending(user);
  }

  /** Everybody with a connection. */
  users(): Iterable<OnlineUser> {
    return this.#users.all();
  }

  stats(): HubStats {
    return {
      users: this.#users.size,
      audiences: this.#audiences.size,
      userLogs: this.#userLogs.size,
      presenceChanges: this.#presence.size,
    };
  }

  toEveryone(event: EphemeralEvent): number {
    const batch = new KeptBatch([messageFrame(event)]);
    let receivers = 0;
    for (const user of this.#users.all()) {
      user.sendBatch(batch);
      receivers += user.listeners.size;
    }
    return receivers;
  }

  endUser(userId: UserId, error: ChatError): void {
    this.#users.get(userId)?.end(error);
  }

  endSession(sessionId: SessionId): void {
    for (const listener of this.#users.withSession(sessionId)) {
      listener.end(new ChatError("session_not_found"));
    }
  }

  /**
   * A client that lost its network comes back before its old connection is known to be dead: that one
   * gives way. Those that live do not, or two windows too many would throw each other out for ever.
   */
  #makeRoom({ session }: Listener): void {
    const { maxConnectionsPerUser: most, halfOpenMs, monotonic } = this.#deps;
    const listeners = [...(this.#users.get(session.userId)?.listeners ?? [])];
    if (listeners.length < most) return;
    const silent = listeners.reduce((a, b) => (b.heardAt() < a.heardAt() ? b : a));
    if (monotonic() - silent.heardAt() <= halfOpenMs) throw tooManyWindows(most);
    const message = "Nothing was heard of this connection, and another one was opened.";
    silent.end(new ChatError("timeout", { message }));
  }

  async #load(user: OnlineUser): Promise<void> {
    try {
      const ids = await this.#deps.conversationIdsOf(user.id);
      if (user.listeners.size === 0) return;
      for (const id of ids) {
        // What the database said may be older than what was published since it was asked.
        if (!user.hasLeftWhileLoading(id)) this.#audiences.subscribe(user, id);
      }
      user.endLoading();
    } catch (error) {
      user.loaded = undefined;
      throw error;
    }
  }

  #publishOne(entry: Entry): void {
    const { conversationId, pair } = entry;
    for (const userId of pair ?? []) this.#join(userId, conversationId);
    if (entry.kind === "message") {
      if (!this.#audiences.has(conversationId)) return;
      this.#audiences.push(conversationId, this.#deps.toPush(entry));
      return;
    }
    const event = this.#deps.toEvent(entry);
    if (event.type === "user_joined_room") this.#join(event.user.id, conversationId);
    const frame = messageFrame(event);
    if (entry.hiddenFrom === undefined) this.#audiences.push(conversationId, frame);
    else this.#pushTwo(entry, frame, entry.hiddenFrom);
    if (event.type === "user_left_room") this.#leave(event.user_id, conversationId, frame);
    const member = memberOf(event);
    if (member !== undefined) this.userLogGrew(member);
  }

  /** Leaves out those who read it in the user's own log, and those whose clients could not read it at all. */
  #tell(user: OnlineUser, event: EphemeralEvent, batch: FrameBatch): void {
    const isLogged = isInUserLog[event.type];
    const { unknownTo1x } = events[event.type];
    user.sendBatchWhere(
      batch,
      (to) => !((unknownTo1x && to.isOf1x()) || (isLogged && to.speaks("resume"))),
    );
    if (isLogged) this.#userLogs.grew(user);
  }

  #pushTwo(entry: Entry, full: Uint8Array, hiddenFrom: readonly UserId[]): void {
    const hidden = new FrameBatch([messageFrame(this.#deps.toHiddenEvent(entry))]);
    const shown = new FrameBatch([full]);
    const outside = new Set(hiddenFrom);
    this.#audiences.pushEach(entry.conversationId, (id) => (outside.has(id) ? hidden : shown));
  }

  #join(userId: UserId, conversationId: ConversationId): void {
    const user = this.#users.get(userId);
    if (user === undefined) return;
    this.#audiences.subscribe(user, conversationId);
  }

  #leave(userId: UserId, conversationId: ConversationId, frame: Uint8Array): void {
    const user = this.#users.get(userId);
    if (user === undefined) return;
    if (!user.conversations.has(conversationId)) user.sendBatch(new FrameBatch([frame]));
    this.#forget(user, conversationId);
  }

  #forget(user: OnlineUser, conversationId: ConversationId): void {
    if (!user.isLoaded) user.leaveWhileLoading(conversationId);
    this.#audiences.unsubscribe(user, conversationId);
  }

  /**
   * An entry that cannot be read may be a leave: nobody may go on listening on an assumption.
   * Those it concerns connect again and are told by the database what they are in.
   */
  #giveUp(entry: Entry, cause: unknown): void {
    const { conversationId, seq } = entry;
    this.#deps.log.error({ err: cause, conversationId, seq }, "an entry could not be published");
    for (const user of [...this.#audiences.usersOf(conversationId)]) {
      user.end(new ChatError("internal_error"));
    }
  }
}

/** Whose place in a room changes with an event. */
function memberOf(event: LoggedEvent): UserId | undefined {
  if (event.type === "user_joined_room") return event.user.id;
  const isOfMember = event.type === "user_left_room" || event.type === "member_role_changed";
  return isOfMember ? event.user_id : undefined;
}
