import type { ClientId } from "@lair-chat/protocol/ids.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import { changeConversation } from "../store/conversation.ts";
import { withNotice } from "../store/notices.ts";
import { withOutgoing, withoutOutgoing, withStatus } from "../store/outgoing.ts";
import type { ConversationKey, State } from "../store/state.ts";
import type { ActionParts } from "./action-parts.ts";
import type { Actions, Outcome } from "./actions.ts";
import { done, failed } from "./outcome.ts";

type Parts = Pick<ActionParts, "store" | "clock" | "sessions" | "newId">;

const UNSENT = 500;

/** Writing, and what can be done about what was not sent. */
export function sendMessageActions(parts: Parts): Pick<Actions, "send" | "retry" | "discard"> {
  const { store, clock, sessions, newId } = parts;

  /** To disk first: what was written survives the end of this process. */
  async function release(clientId: ClientId): Promise<void> {
    const session = sessions.current;
    await session?.saved.saveNow();
    session?.outbox.release([clientId]);
  }

  return {
    send(key, content) {
      const refused = refusal(store.get(), key, content);
      if (refused !== undefined) return refused;
      const clientId = newId() as ClientId;
      store.update((state) =>
        changeConversation(state, key, (conversation) => ({
          ...withOutgoing(conversation, {
            clientId,
            // Half a surrogate pair cannot be sent at all.
            content: content.toWellFormed(),
            createdAt: clock.now(),
            status: { state: "sending" },
          }),
          draft: "",
        })),
      );
      void release(clientId);
      return done;
    },

    retry(key, clientId) {
      const found = store
        .get()
        .conversations.get(key)
        ?.outgoing.find((message) => message.clientId === clientId);
      if (found === undefined || found.status.state === "sent") return;
      store.update((state) =>
        changeConversation(state, key, (conversation) =>
          withStatus(conversation, clientId, { state: "sending" }),
        ),
      );
      sessions.current?.outbox.hurry(key);
      void release(clientId);
    },

    discard(key, clientId) {
      if (sessions.current?.outbox.isUnderWay(key, clientId)) {
        const text = "That message is on its way to the server and cannot be taken back.";
        store.update((state) => withNotice(state, { severity: "info", text, at: clock.now() }));
        return;
      }
      store.update((state) =>
        changeConversation(state, key, (conversation) => withoutOutgoing(conversation, clientId)),
      );
    },
  };
}

const encoder = new TextEncoder();

function refusal(
  { me, conversations }: State,
  key: ConversationKey,
  content: string,
): Extract<Outcome, { ok: false }> | undefined {
  const conversation = conversations.get(key);
  if (me === undefined) return failed("Sign in first.");
  if (conversation === undefined) return failed("That conversation is not there any more.");
  if (!conversation.joined) return failed("You have left this room. Join it again to write.");
  if (content.trim() === "") return failed("There is nothing to send.");
  const excess = encoder.encode(content).length - limits.contentBytes;
  if (excess > 0) return failed(`That is ${excess} bytes too long for one message.`);
  if (unsentCount(conversations) >= UNSENT) {
    return failed(`${UNSENT} messages wait to be sent. No more can be kept.`);
  }
  return undefined;
}

function unsentCount(conversations: State["conversations"]): number {
  let count = 0;
  for (const { outgoing } of conversations.values()) count += outgoing.length;
  return count;
}
