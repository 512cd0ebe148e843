/** Everything a key can ask of the editor, as a table. */

import * as edit from "./editor.ts";
import { moveDown, moveUp } from "./editor-layout.ts";

type Change = (editor: edit.Editor, columns: number) => edit.Editor | edit.Edit;

const changes = {
  newline: edit.newline,
  yank: edit.yank,
  clear: edit.clear,
  undo: edit.undo,
  deleteBackward: edit.deleteBackward,
  deleteForward: edit.deleteForward,
  deleteWordBackward: edit.deleteWordBackward,
  deleteWordForward: edit.deleteWordForward,
  deleteToLineStart: edit.deleteToLineStart,
  deleteToLineEnd: edit.deleteToLineEnd,
  moveLeft: edit.moveLeft,
  moveRight: edit.moveRight,
  moveWordLeft: edit.moveWordLeft,
  moveWordRight: edit.moveWordRight,
  moveLineStart: edit.moveLineStart,
  moveLineEnd: edit.moveLineEnd,
  moveTextStart: edit.moveTextStart,
  moveTextEnd: edit.moveTextEnd,
  moveUp,
  moveDown,
} satisfies Record<string, Change>;

/** The names of changes that need nothing but the editor. */
export type ChangeName = keyof typeof changes;

export type EditorAction =
  | { readonly type: "insert"; readonly text: string }
  | { readonly type: "paste"; readonly text: string }
  | { readonly type: ChangeName };

/** Applies one action; `columns` is the width the editor is drawn in. */
export function applyAction(editor: edit.Editor, action: EditorAction, columns: number): edit.Edit {
  if (action.type === "insert") return edit.insert(editor, action.text);
  if (action.type === "paste") return edit.insertPaste(editor, action.text);
  const change: Change = changes[action.type];
  const result = change(editor, columns);
  return "outcome" in result ? result : { outcome: "done", editor: result };
}
