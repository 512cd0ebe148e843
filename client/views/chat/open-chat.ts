import type { Conversation, State } from "../../store/state.ts";
import { setText } from "../../text/editor.ts";
import type { Screen } from "../screen.ts";
import { type Composer, newComposer, type UiState, withEntry } from "../ui-state.ts";

/** The conversation on screen. */
export const openConversation = ({
  open,
  conversations,
}: Pick<State, "open" | "conversations">): Conversation | undefined =>
  open === undefined ? undefined : conversations.get(open);

/** What is being written where the cursor is: as left here, or as it was stored. */
export function composerOf(
  state: Pick<State, "open" | "conversations">,
  { composers }: Pick<UiState, "composers">,
): Composer {
  const known = composers.get(state.open ?? "none");
  if (known !== undefined) return known;
  const composer = newComposer();
  const draft = openConversation(state)?.draft ?? "";
  return draft === "" ? composer : { ...composer, editor: setText(composer.editor, draft).editor };
}

/** Keeps what is being written in the open conversation. */
export function setComposer({ store, ui }: Pick<Screen, "store" | "ui">, composer: Composer): void {
  const key = store.get().open ?? "none";
  ui.update((state) => ({ ...state, composers: withEntry(state.composers, key, composer) }));
}
