import { limits } from "@lair-chat/protocol/limits.ts";
import { changeConversation, targetOf } from "../store/conversation.ts";
import type { ConversationKey } from "../store/state.ts";
import type { ActionParts } from "./action-parts.ts";
import type { Actions } from "./actions.ts";

type Parts = Pick<ActionParts, "store" | "clock" | "sessions">;

/** Keeps what is being written, and tells the others now and then that something is. */
export function setDraftAction({ store, clock, sessions }: Parts): Pick<Actions, "setDraft"> {
  let told: { readonly key: ConversationKey; readonly at: number } | undefined;
  return {
    setDraft(key, draft) {
      store.update((state) =>
        changeConversation(state, key, (before) =>
          before.draft === draft ? before : { ...before, draft },
        ),
      );
      const link = sessions.current?.online.link;
      const isJoined = store.get().conversations.get(key)?.joined === true;
      if (draft.trim() === "" || link === undefined || !isJoined) return;
      const now = clock.elapsed();
      if (told?.key === key && now - told.at < limits.typingMs) return;
      told = { key, at: now };
      link.say("typing", { target: targetOf(key) });
    },
  };
}
