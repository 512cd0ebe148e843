import { lastOwnMessage } from "../../slash/last-own.ts";
import { setText } from "../../text/editor.ts";
import { type Screen, say } from "../screen.ts";
import { composerOf, setComposer } from "./open-chat.ts";

/** Puts our last message into the composer as the command that changes it. */
export function editLast(screen: Pick<Screen, "store" | "ui">): void {
  const problem = putLast(screen);
  if (problem !== undefined) say(screen, { severity: "info", text: problem });
}

/** Why that is not possible, if it is not. */
function putLast(screen: Pick<Screen, "store" | "ui">): string | undefined {
  const state = screen.store.get();
  const composer = composerOf(state, screen.ui.get());
  const message = lastOwnMessage(state);
  if (message === undefined) return "There is no message of yours here.";
  if (composer.editor.text !== "") return "Send or clear what you are writing first.";
  const edit = setText(composer.editor, `/edit ${message.content}`);
  if (edit.outcome !== "done") return "That message is too long to be edited here.";
  setComposer(screen, { ...composer, editor: edit.editor });
  return undefined;
}
