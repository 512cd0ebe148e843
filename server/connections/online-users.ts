import type { ChatError } from "@lair-chat/protocol/errors.ts";
import type { ConversationId, SessionId, UserId } from "@lair-chat/protocol/ids.ts";
import type { Feature } from "@lair-chat/protocol/version.ts";
import type { Session } from "../commands/handler.ts";
import type { FrameBatch } from "./frame-batch.ts";
import type { PushBatch } from "./push.ts";

/** A signed-in connection, as far as telling it things goes. */
export interface Listener {
  readonly session: Session;
  /** Whether the client can do this of what the server offers. */
  speaks(feature: Feature): boolean;
  /** Whether it speaks `packed`, which is asked for every message and every reader of it. */
  readonly readsPacked: boolean;
  sendBatch(batch: FrameBatch): void;
  /** Says why and closes. */
  end(error: ChatError): void;
  /** When it was last heard of, in milliseconds on a clock that never jumps. */
  heardAt(): number;
  /** Whether its client is one of 1.x, which cannot read what came later. */
  isOf1x(): boolean;
}

/** A user with at least one connection, and what all of them listen to. */
export class OnlineUser {
  readonly id: UserId;
  readonly username: string;
  readonly listeners = new Set<Listener>();
  /** Changed by committed entries only, once it was loaded. */
  readonly conversations = new Set<ConversationId>();
  /** Conversations left while the others were still being loaded; of hardly anybody there are any. */
  #leftWhileLoading: Set<ConversationId> | undefined;
  /** Settles when the conversations are loaded; undefined before anybody asked. */
  loaded: Promise<void> | undefined;
  isLoaded = false;
  /** Whether the user knows to be signed in: others are told of it, and it is told of others. */
  isAnnounced = false;
  /** The last list of people that it was put on, so that it is put on none twice. */
  mark = 0;

  constructor({ userId, username }: Session) {
    this.id = userId;
    this.username = username;
  }

  /** A conversation that the answer of the database may still have. */
  leaveWhileLoading(id: ConversationId): void {
    this.#leftWhileLoading ??= new Set();
    this.#leftWhileLoading.add(id);
  }

  hasLeftWhileLoading(id: ConversationId): boolean {
    return this.#leftWhileLoading?.has(id) === true;
  }

  endLoading(): void {
    this.#leftWhileLoading = undefined;
    this.isLoaded = true;
  }

  sendBatch(batch: FrameBatch): void {
    for (const listener of this.listeners) listener.sendBatch(batch);
  }

  /** To each connection in the form that it knows. */
  sendPush(push: PushBatch): void {
    for (const listener of this.listeners) {
      listener.sendBatch(listener.readsPacked ? push.packed : push.single);
    }
  }

  /** To those connections alone that speak a feature. */
  sendBatchTo(feature: Feature, batch: FrameBatch): void {
    for (const listener of this.listeners) if (listener.speaks(feature)) listener.sendBatch(batch);
  }

  sendBatchWhere(batch: FrameBatch, isMeant: (listener: Listener) => boolean): void {
    for (const listener of this.listeners) if (isMeant(listener)) listener.sendBatch(batch);
  }

  speaks(feature: Feature): boolean {
    for (const listener of this.listeners) if (listener.speaks(feature)) return true;
    return false;
  }

  end(error: ChatError): void {
    for (const listener of [...this.listeners]) listener.end(error);
  }
}

/** Who is connected, by user and by session. */
export class OnlineUsers {
  readonly #byId = new Map<UserId, OnlineUser>();
  /** Lists, because mostly there is one: a set of it would be five times as large. */
  readonly #bySession = new Map<SessionId, readonly Listener[]>();
  readonly #announced = new Set<UserId>();

  get size(): number {
    return this.#byId.size;
  }

  /** Those who know to be signed in. */
  get announced(): ReadonlySet<UserId> {
    return this.#announced;
  }

  get(userId: UserId): OnlineUser | undefined {
    return this.#byId.get(userId);
  }

  all(): Iterable<OnlineUser> {
    return this.#byId.values();
  }

  withSession(sessionId: SessionId): readonly Listener[] {
    return this.#bySession.get(sessionId) ?? [];
  }

  add(listener: Listener): OnlineUser {
    const { session } = listener;
    const user = this.#byId.get(session.userId) ?? new OnlineUser(session);
    this.#byId.set(user.id, user);
    user.listeners.add(listener);
    const others = this.#bySession.get(session.id) ?? [];
    this.#bySession.set(session.id, [...others, listener]);
    return user;
  }

  /** The user knows to be signed in. */
  announce(user: OnlineUser): void {
    user.isAnnounced = true;
    this.#announced.add(user.id);
  }

  /** The user this listener belonged to; undefined where it was not, or no longer, known. */
  remove(listener: Listener): OnlineUser | undefined {
    const { session } = listener;
    const user = this.#byId.get(session.userId);
    if (user === undefined || !user.listeners.delete(listener)) return undefined;
    this.#removeFromSession(listener);
    if (user.listeners.size === 0) {
      this.#byId.delete(user.id);
      this.#announced.delete(user.id);
    }
    return user;
  }

  #removeFromSession(listener: Listener): void {
    const { id } = listener.session;
    const others = this.#bySession.get(id)?.filter((other) => other !== listener) ?? [];
    if (others.length === 0) this.#bySession.delete(id);
    else this.#bySession.set(id, others);
  }
}
