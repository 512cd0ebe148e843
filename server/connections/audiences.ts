import type { ConversationId, UserId } from "@lair-chat/protocol/ids.ts";
import type { FrameBatch } from "./frame-batch.ts";
import type { OnlineUser } from "./online-users.ts";
import { type Push, PushBatch } from "./push.ts";
import type { Turn } from "./turn.ts";

interface Audience {
  readonly conversationId: ConversationId;
  readonly users: Set<OnlineUser>;
  /** What this turn has for exactly these users. */
  pending: Push[];
}

export interface AudiencesDeps {
  readonly turn: Pick<Turn, "gather">;
}

/** Which connected users listen to which conversation, and what they are told at the end of the turn. */
export class Audiences {
  readonly #deps: AudiencesDeps;
  readonly #audiences = new Map<ConversationId, Audience>();
  readonly #unsent = new Set<Audience>();
  #isGathering = false;

  constructor(deps: AudiencesDeps) {
    this.#deps = deps;
  }

  /** Conversations that somebody listens to. */
  get size(): number {
    return this.#audiences.size;
  }

  has(conversationId: ConversationId): boolean {
    return this.#audiences.has(conversationId);
  }

  usersOf(conversationId: ConversationId): ReadonlySet<OnlineUser> {
    return this.#audiences.get(conversationId)?.users ?? nobody;
  }

  /** From now on the user hears what is pushed, and nothing that was pushed before. */
  subscribe(user: OnlineUser, conversationId: ConversationId): void {
    if (user.conversations.has(conversationId)) return;
    user.conversations.add(conversationId);
    const audience = this.#audiences.get(conversationId);
    if (audience === undefined) {
      this.#audiences.set(conversationId, newAudience(conversationId, user));
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
  push(conversationId: ConversationId, push: Push): void {
    const audience = this.#audiences.get(conversationId);
    if (audience === undefined) return;
    audience.pending.push(push);
    this.#gather();
    this.#unsent.add(audience);
  }

  /** Tells each user of a conversation something of his own, behind all that was pushed before. */
  pushEach(conversationId: ConversationId, batchFor: (userId: UserId) => FrameBatch): void {
    const audience = this.#audiences.get(conversationId);
    if (audience === undefined) return;
    this.#send(audience);
    for (const user of audience.users) user.sendBatch(batchFor(user.id));
  }

  /** Tells everybody now what they would have been told at the end of the turn. */
  tellAll(): void {
    for (const audience of this.#unsent) this.#send(audience);
  }

  /** Tells now whatever waits in conversations that this user hears. */
  tellPending(user: OnlineUser): void {
    for (const audience of this.#unsent) if (audience.users.has(user)) this.#send(audience);
  }

  /** At the end of this turn, once. */
  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.#deps.turn.gather(() => {
      this.#isGathering = false;
      this.tellAll();
    });
  }

  #send(audience: Audience): void {
    this.#unsent.delete(audience);
    if (audience.pending.length === 0) return;
    const batch = new PushBatch(audience.conversationId, audience.pending);
    audience.pending = [];
    for (const user of audience.users) user.sendPush(batch);
  }
}

const nobody: ReadonlySet<OnlineUser> = new Set();

function newAudience(conversationId: ConversationId, user: OnlineUser): Audience {
  return { conversationId, users: new Set([user]), pending: [] };
}
