import type { Conversation, State } from "../../store/state.ts";
import type { Screen } from "../screen.ts";
import { openConversation } from "./open-chat.ts";

/** Asks for the page before the oldest entry of the open conversation. */
export function loadOlder({ store, actions }: Pick<Screen, "store" | "actions">): void {
  const conversation = openConversation(store.get());
  if (conversation === undefined || conversation.reachedStart) return;
  if (conversation.history === "loading") return;
  void actions.loadOlder(conversation.key);
}

/**
 * Names the page that is missing at the top of the window, so that it is asked for once and not
 * again on every frame; undefined when there is nothing to ask for.
 */
export function missingPage(
  conversation: Conversation | undefined,
  link: State["link"],
  isAtTop: boolean,
): string | undefined {
  if (!isAtTop || conversation === undefined || conversation.reachedStart) return undefined;
  if (conversation.history !== "idle") return undefined;
  // What is kept here can be shown in any case; the rest is asked for again when the connection is back.
  const isOnline = link.state === "online";
  return `${conversation.key} ${conversation.entries[0]?.seq ?? "none"} ${isOnline}`;
}
