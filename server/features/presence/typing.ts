import type { ConversationId, UserId } from "@lair-chat/protocol/ids.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import type { Bus } from "../../cluster/bus.ts";
import type { Handler } from "../../commands/handler.ts";
import type { Clock } from "../../security/clock.ts";
import type { Reader } from "../../storage/database.ts";
import { readableConversation } from "../conversations/readable-store.ts";
import { isBlockedBetween } from "../users/block-store.ts";

export interface PresenceDeps {
  readonly db: Reader;
  readonly bus: Pick<Bus, "toConversation">;
  readonly pacer: TypingPacer;
}

/** Lets one notice per user and conversation pass in `limits.typingMs`. */
export interface TypingPacer {
  isDue(userId: UserId, conversationId: ConversationId): boolean;
  /** Notices that are remembered, and the most that are. */
  stats(): { readonly size: number; readonly limit: number };
}

/** Remembered at most; beyond it the oldest is forgotten, who may then tell once too often. */
const rememberedNotices = 10_000;

export function createTyping({ db, bus, pacer }: PresenceDeps): Handler<"typing"> {
  return async ({ session }, { target }) => {
    const readable = await readableConversation(db, session.userId, target);
    // A direct conversation begins with its first message: until then the other is nobody's business.
    if (readable === undefined) return {};
    const { conversationId } = readable;
    if (!pacer.isDue(session.userId, conversationId)) return {};
    if (target.type === "dm" && (await isBlockedBetween(db, session.userId, target.recipient))) {
      return {};
    }
    bus.toConversation(
      conversationId,
      { type: "user_typing", user_id: session.userId, target },
      session.userId,
    );
    return {};
  };
}

export function createTypingPacer(clock: Clock): TypingPacer {
  const lastAt = new Map<string, number>();
  const isDue: TypingPacer["isDue"] = (userId, conversationId) => {
    const key = `${userId} ${conversationId}`;
    const now = clock.now();
    const last = lastAt.get(key);
    if (last !== undefined && now >= last && now - last < limits.typingMs) return false;
    // Put back at the end: the map is in the order of use, the oldest first.
    lastAt.delete(key);
    lastAt.set(key, now);
    if (lastAt.size > rememberedNotices) {
      for (const oldest of lastAt.keys()) {
        lastAt.delete(oldest);
        break;
      }
    }
    return true;
  };
  return { isDue, stats: () => ({ size: lastAt.size, limit: rememberedNotices }) };
}
