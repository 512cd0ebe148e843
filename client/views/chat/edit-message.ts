import { lastOwnMessage } from "../../slash/last-own.ts";
import type { MessageEntry } from "../../store/state.ts";
import { setText } from "../../text/editor.ts";
import { type Screen, say } from "../screen.ts";
import { type Composer, newComposer } from "../ui-state.ts";
import { composerOf, setComposer } from "./open-chat.ts";

type EditScreen = Pick<Screen, "store" | "ui">;

/** Puts our last message into the composer, to be changed. */
export function editLast(screen: EditScreen): void {
  const message = lastOwnMessage(screen.store.get());
  if (message !== undefined) beginEditing(screen, message);
  else say(screen, { severity: "info", text: "There is no message of yours here." });
}

/** Puts a message of ours into the composer; what is being written is not thrown away for it. */
export function beginEditing(
  screen: EditScreen,
  message: Pick<MessageEntry, "id" | "content">,
): void {
  const composer = composerOf(screen.store.get(), screen.ui.get());
  if (composer.editor.text !== "") {
    say(screen, { severity: "info", text: "Send or clear what you are writing first." });
    return;
  }
  const edit = setText(composer.editor, message.content);
  if (edit.outcome === "done") {
    setComposer(screen, { ...composer, editor: edit.editor, editing: message.id });
  } else {
    say(screen, { severity: "info", text: "That message is too long to be edited here." });
  }
}

/** Leaves the message as it is; says whether there was one. */
export function stopEditing(screen: EditScreen): boolean {
  const composer = composerOf(screen.store.get(), screen.ui.get());
  if (composer.editing === undefined) return false;
  setComposer(screen, { ...newComposer(), history: composer.history });
  return true;
}

/** Gives the message its new text; where that is refused, what was written comes back. */
export async function saveEdited(screen: Screen, composer: Composer): Promise<void> {
  const { editing, editor, history } = composer;
  if (editing === undefined) return;
  const { open } = screen.store.get();
  setComposer(screen, { ...newComposer(), history });
  say(screen, { severity: "info", text: "Saving…" });
  const outcome = await screen.actions.editMessage(editing, editor.text.trimEnd());
  if (outcome.ok) return say(screen, undefined);
  const now = composerOf(screen.store.get(), screen.ui.get());
  const isFree = screen.store.get().open === open && now.editor.text === "";
  if (isFree) setComposer(screen, { ...composer, history: now.history });
  say(screen, { severity: "error", text: outcome.message });
}
