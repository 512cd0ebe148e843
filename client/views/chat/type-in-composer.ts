import { type Edit, type Editor, setText } from "../../text/editor.ts";
import { applyAction, type EditorAction } from "../../text/editor-actions.ts";
import { newer, older, type Recall } from "../../text/input-history.ts";
import type { KeyAction } from "../../text/keys.ts";
import { openSwitcher } from "../dialogs/open-dialog.ts";
import type { WindowSize } from "../layout.ts";
import { type Screen, say } from "../screen.ts";
import type { Composer } from "../ui-state.ts";
import { chatLayout } from "./chat-layout.ts";
import { completeInComposer } from "./complete.ts";
import { composerTextColumns } from "./composer-rows.ts";
import { composerOf, openConversation, setComposer } from "./open-chat.ts";
import { submitComposer } from "./submit-composer.ts";

/** What is typed while no dialog is open goes into the message being written. */
export function typeInComposer(screen: Screen, size: WindowSize, action: KeyAction): void {
  if (action.type === "submit") submitComposer(screen, size);
  else if (action.type === "complete") complete(screen);
  else edit(screen, size, action);
}

/** With nothing typed there is nothing to complete: Tab then finds rooms and people. */
function complete(screen: Screen): void {
  const composer = composerOf(screen.store.get(), screen.ui.get());
  if (composer.editor.text === "") openSwitcher(screen, "all");
  else applyEdit(screen, composer, completeInComposer(screen, composer.editor));
}

function edit(screen: Screen, size: WindowSize, action: EditorAction): void {
  const composer = composerOf(screen.store.get(), screen.ui.get());
  const { mainColumns } = chatLayout(size, screen.store.get(), screen.ui.get());
  const edited = applyAction(composer.editor, action, composerTextColumns(mainColumns));
  if (edited.editor === composer.editor && recall(screen, composer, action)) return;
  applyEdit(screen, composer, edited);
}

/** Up and down at the edge of the text step through what was sent before. */
function recall(screen: Screen, composer: Composer, { type }: EditorAction): boolean {
  if (type !== "moveUp" && type !== "moveDown") return false;
  const recalled: Recall =
    type === "moveUp" ? older(composer.history, composer.editor.text) : newer(composer.history);
  if (recalled === undefined) return true;
  const { editor } = setText(composer.editor, recalled.text);
  keep(screen, composer.editor, { ...composer, editor, history: recalled.history });
  return true;
}

function applyEdit(screen: Screen, composer: Composer, edited: Edit): void {
  if (edited.outcome === "done") {
    keep(screen, composer.editor, { ...composer, editor: edited.editor });
  } else {
    const text = `That is ${edited.excessBytes} bytes too long for one message; nothing was added.`;
    say(screen, { severity: "error", text });
  }
}

function keep(screen: Screen, before: Editor, composer: Composer): void {
  setComposer(screen, composer);
  const conversation = openConversation(screen.store.get());
  const { text } = composer.editor;
  if (conversation === undefined || text === before.text) return;
  // Neither is a message to come: the others are not told that something is being written.
  if (!(isCommand(text) || composer.editing !== undefined))
    screen.actions.setDraft(conversation.key, text);
}

const isCommand = (text: string): boolean => text.startsWith("/") && !text.startsWith("//");
