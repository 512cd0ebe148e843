import type { State } from "../../store/state.ts";
import { type Layout, layoutFor, type WindowSize } from "../layout.ts";
import type { UiState } from "../ui-state.ts";
import { openConversation } from "./open-chat.ts";

/** How the window is shared out; only beside a room there is anybody to list. */
export function chatLayout(
  size: WindowSize,
  state: Pick<State, "open" | "conversations">,
  { isMembersPaneShown }: Pick<UiState, "isMembersPaneShown">,
): Layout {
  return layoutFor(size, isMembersPaneShown && openConversation(state)?.kind === "room");
}
