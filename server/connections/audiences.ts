import type { ConversationId, UserId } from "@lair-chat/protocol/ids.ts";
import { FrameBatch } from "./frame-batch.ts";
import type { OnlineUser } from "./online-users.ts";
import type { Turn } from "./turn.ts";

interface Audience {
  readonly users: Set<OnlineUser>;
  /** What this turn has for exactly these users. */
  pending: Uint8Array[];
}

/** Which connected users listen to which conversation, and what they are about to be told. */
export class Audiences {
  readonly #turn: Pick<Turn, "gather">;
  readonly #audiences = new Map<ConversationId, Audience>();
  #unsent = new Set<Audience>();

  constructor(turn: Pick<Turn, "gather">) {
    this.#turn = turn;
  }

  has(conversationId: ConversationId): boolean {
    return this.#audiences.has(conversationId);
  }

  usersOf(conversationId: ConversationId): ReadonlySet<OnlineUser> {
    return this.#audiences.get(conversationId)?.users ?? new Set();
  }

  /** Everybody who listens to something this user listens to, each once, without the user. */
  peersOf(user: OnlineUser): ReadonlySet<OnlineUser> {
    const peers = new Set<OnlineUser>();
    for (const conversationId of user.conversations) {
      for (const peer of this.usersOf(conversationId)) peers.add(peer);
    }
    peers.delete(user);
    return peers;
  }

  /** From now on the user hears what is pushed, and nothing that was pushed before. */
  subscribe(user: OnlineUser, conversationId: ConversationId): void {
    if (user.conversations.has(conversationId)) return;
    user.conversations.add(conversationId);
    const audience = this.#audiences.get(conversationId);
    if (audience === undefined) {
      this.#audiences.set(conversationId, { users: new Set([user]), pending: [] });
      return;
    }
    this.#send(audience);
    audience.users.add(user);
  }

  /** The user still hears what was pushed before, and nothing from now on. */
  unsubscribe(user: OnlineUser, conversationId: ConversationId): void {
    if (!user.conversations.delete(conversationId)) return;
    const audience = this.#audiences.get(conversationId);
    if (audience === undefined) return;
    this.#send(audience);
    audience.users.delete(user);
    if (audience.users.size === 0) this.#audiences.delete(conversationId);
  }

  /** Tells all users of a conversation, at the end of the turn and together with the rest of it. */
  push(conversationId: ConversationId, frame: Uint8Array): void {
    const audience = this.#audiences.get(conversationId);
    if (audience === undefined) return;
    audience.pending.push(frame);
    if (this.#unsent.size === 0) this.#turn.gather(() => this.#sendAll());
    this.#unsent.add(audience);
  }

  /** Tells each user of a conversation something of his own, behind all that was pushed before. */
  pushEach(conversationId: ConversationId, batchFor: (userId: UserId) => FrameBatch): void {
    const audience = this.#audiences.get(conversationId);
    if (audience === undefined) return;
    this.#send(audience);
    for (const user of audience.users) user.sendBatch(batchFor(user.id));
  }

  #sendAll(): void {
    const unsent = this.#unsent;
    this.#unsent = new Set();
    for (const audience of unsent) this.#send(audience);
  }

  #send(audience: Audience): void {
    if (audience.pending.length === 0) return;
    const batch = new FrameBatch(audience.pending);
    audience.pending = [];
    for (const user of audience.users) user.sendBatch(batch);
  }
}
