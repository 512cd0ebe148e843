/**
 * The composer as a value: text, caret and what undo and yank need. Every function returns a new
 * editor whose caret stands between two characters, never inside one.
 */

import { clusterAt } from "./width.ts";
import { wordEndAfter, wordStartBefore } from "./words.ts";

type Snapshot = { readonly text: string; readonly caret: number };

/** What the last edit was, so that a word of typing is one undo step and kills add up. */
type Streak = "typing" | "killing" | "none";

export type Editor = {
  readonly text: string;
  /** UTF-16 offset, always at a boundary between grapheme clusters. */
  readonly caret: number;
  /** Longest text in UTF-8 bytes. */
  readonly limitBytes: number;
  /** What yank inserts. */
  readonly killed: string;
  /** Column that vertical movement tries to keep. */
  readonly goalColumn: number | undefined;
  readonly streak: Streak;
  readonly past: readonly Snapshot[];
};

/** An insertion that would pass the limit changes nothing and says by how much. */
export type Edit =
  | { readonly outcome: "done"; readonly editor: Editor }
  | { readonly outcome: "too_long"; readonly editor: Editor; readonly excessBytes: number };

const UNDO_STEPS = 100;

/** An empty editor for at most `limitBytes` bytes of UTF-8. */
export function newEditor(limitBytes: number): Editor {
  return {
    text: "",
    caret: 0,
    limitBytes,
    killed: "",
    goalColumn: undefined,
    streak: "none",
    past: [],
  };
}

/** Inserts typed text at the caret. */
export function insert(editor: Editor, text: string): Edit {
  if (text === "") return { outcome: "done", editor };
  // A lone surrogate has no UTF-8 form; what is shown must be what can be sent.
  const added = text.toWellFormed();
  const { caret } = editor;
  const whole = editor.text.slice(0, caret) + added + editor.text.slice(caret);
  const continues = editor.streak === "typing" && !/^\s/.test(added);
  const before = continues ? editor.past : remembered(editor);
  return withinLimit(editor, {
    ...placed(editor, whole, caret + added.length),
    streak: "typing",
    past: before,
  });
}

/** Inserts pasted text as it is, apart from its line endings (terminals paste them as CR). */
export function insertPaste(editor: Editor, text: string): Edit {
  // Each byte of the text is at least one unit: what is far too long is not even looked at.
  if (text.length > 2 * editor.limitBytes) return refused(editor, text.length - editor.limitBytes);
  const edit = insert({ ...editor, streak: "none" }, text.replace(/\r\n?/g, "\n"));
  return edit.outcome === "done"
    ? done({ ...edit.editor, streak: "none" })
    : refusedBy(editor, edit);
}

/** Starts a new line at the caret. */
export const newline = (editor: Editor): Edit => insert(editor, "\n");

/** Inserts what was last killed. */
export const yank = (editor: Editor): Edit => insertPaste(editor, editor.killed);

/** Replaces the whole text and puts the caret at its end. */
export function setText(editor: Editor, text: string): Edit {
  const whole = text.toWellFormed();
  const next = { ...placed(editor, whole, whole.length), past: remembered(editor) };
  return withinLimit(editor, next);
}

/** Empties the text; undo brings it back. */
export const clear = (editor: Editor): Editor => removed(editor, 0, editor.text.length);

/** Takes back the last change, or a word of typing. */
export function undo(editor: Editor): Editor {
  const last = editor.past.at(-1);
  if (last === undefined) return editor;
  return { ...placed(editor, last.text, last.caret), past: editor.past.slice(0, -1) };
}

/** Removes the character before the caret. */
export function deleteBackward(editor: Editor): Editor {
  return removed(editor, characterBefore(editor), editor.caret);
}

/** Removes the character after the caret. */
export function deleteForward(editor: Editor): Editor {
  return removed(editor, editor.caret, characterAfter(editor));
}

/** Kills from the start of the word to the caret. */
export function deleteWordBackward(editor: Editor): Editor {
  return killed(editor, wordStartBefore(editor.text, editor.caret), editor.caret);
}

/** Kills from the caret to the end of the word. */
export function deleteWordForward(editor: Editor): Editor {
  return killed(editor, editor.caret, wordEndAfter(editor.text, editor.caret));
}

/** Kills from the start of the line to the caret; at the start, the line break before it. */
export function deleteToLineStart(editor: Editor): Editor {
  const start = lineStart(editor);
  return killed(editor, start === editor.caret ? characterBefore(editor) : start, editor.caret);
}

/** Kills from the caret to the end of the line; at the end, the line break. */
export function deleteToLineEnd(editor: Editor): Editor {
  const end = lineEnd(editor);
  return killed(editor, editor.caret, end === editor.caret ? characterAfter(editor) : end);
}

export const moveLeft = (editor: Editor): Editor => moved(editor, characterBefore(editor));
export const moveRight = (editor: Editor): Editor => moved(editor, characterAfter(editor));
export const moveLineStart = (editor: Editor): Editor => moved(editor, lineStart(editor));
export const moveLineEnd = (editor: Editor): Editor => moved(editor, lineEnd(editor));
export const moveTextStart = (editor: Editor): Editor => moved(editor, 0);
export const moveTextEnd = (editor: Editor): Editor => moved(editor, editor.text.length);
export const moveWordLeft = (editor: Editor): Editor =>
  moved(editor, wordStartBefore(editor.text, editor.caret));
export const moveWordRight = (editor: Editor): Editor =>
  moved(editor, wordEndAfter(editor.text, editor.caret));

/** Bytes of the text as it will be sent. */
export const usedBytes = (editor: Editor): number => utf8Length(editor.text);

const encoder = new TextEncoder();
const utf8Length = (text: string): number => encoder.encode(text).length;

const done = (editor: Editor): Edit => ({ outcome: "done", editor });

const refused = (editor: Editor, excessBytes: number): Edit => ({
  outcome: "too_long",
  editor,
  excessBytes,
});

const refusedBy = (editor: Editor, edit: Extract<Edit, { outcome: "too_long" }>): Edit =>
  refused(editor, edit.excessBytes);

function withinLimit(before: Editor, after: Editor): Edit {
  const excess = after.text.length - before.limitBytes;
  // A unit is at least one byte, so this refuses a huge text without encoding it.
  const excessBytes = excess > 0 ? excess : utf8Length(after.text) - before.limitBytes;
  return excessBytes > 0 ? refused(before, excessBytes) : done(after);
}

function remembered({ past, text, caret }: Editor): readonly Snapshot[] {
  return [...past, { text, caret }].slice(-UNDO_STEPS);
}

// An edit can join what stood on both sides of the caret into one character.
function placed(editor: Editor, text: string, caret: number): Editor {
  const { start, end } = clusterAt(text, caret);
  const settled = start === caret ? caret : end;
  return { ...editor, text, caret: settled, goalColumn: undefined, streak: "none" };
}

function moved(editor: Editor, caret: number): Editor {
  return { ...editor, caret, goalColumn: undefined, streak: "none" };
}

function removed(editor: Editor, from: number, to: number): Editor {
  if (from === to) return editor;
  const text = editor.text.slice(0, from) + editor.text.slice(to);
  return { ...placed(editor, text, from), past: remembered(editor) };
}

function killed(editor: Editor, from: number, to: number): Editor {
  if (from === to) return editor;
  const piece = editor.text.slice(from, to);
  const earlier = editor.streak === "killing" ? editor.killed : "";
  const text = to === editor.caret ? piece + earlier : earlier + piece;
  return { ...removed(editor, from, to), killed: text, streak: "killing" };
}

function characterBefore({ text, caret }: Editor): number {
  return caret === 0 ? 0 : clusterAt(text, caret - 1).start;
}

function characterAfter({ text, caret }: Editor): number {
  return clusterAt(text, caret).end;
}

const lineStart = ({ text, caret }: Editor): number =>
  caret === 0 ? 0 : text.lastIndexOf("\n", caret - 1) + 1;

function lineEnd({ text, caret }: Editor): number {
  const end = text.indexOf("\n", caret);
  // The line break may be CR LF, which is one character.
  return end === -1 ? text.length : clusterAt(text, end).start;
}
