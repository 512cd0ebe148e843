import type { Editor } from "../../text/editor.ts";
import { layout } from "../../text/editor-layout.ts";
import { type SafeText, safe } from "../../text/safe-text.ts";
import { displayWidth, graphemes } from "../../text/width.ts";
import { truncate } from "../../text/wrap.ts";

/** A place for the terminal's own cursor, counted from 0 from the top left. */
export interface Caret {
  readonly x: number;
  readonly y: number;
}

/** What is seen of a one-line editor in `columns` cells, and where the caret stands in it. */
export interface FieldRow {
  readonly text: SafeText;
  readonly caret: number;
}

const DOT = "•";
const UNBROKEN = 100_000;

/** The part around the caret; a secret is a row of dots. */
export function fieldRow(editor: Editor, columns: number, isSecret: boolean): FieldRow {
  if (isSecret) return secretRow(editor, columns);
  const { rows, caretColumn } = layout(editor, UNBROKEN);
  const whole = rows[0] ?? safe``;
  if (displayWidth(whole) < columns) return { text: whole, caret: caretColumn };
  return windowOf(whole, caretColumn, columns);
}

function secretRow(editor: Editor, columns: number): FieldRow {
  const dots = DOT.repeat(graphemes(editor.text).length) as SafeText;
  const caret = graphemes(editor.text.slice(0, editor.caret)).length;
  return dots.length < columns ? { text: dots, caret } : windowOf(dots, caret, columns);
}

/** Scrolls sideways so far that the caret has a cell. */
function windowOf(text: SafeText, caret: number, columns: number): FieldRow {
  const hidden = Math.max(0, caret - columns + 1);
  let skipped = 0;
  let index = 0;
  for (const cluster of graphemes(text)) {
    if (skipped >= hidden) break;
    skipped += displayWidth(cluster);
    index += cluster.length;
  }
  return { text: truncate(text.slice(index) as SafeText, columns), caret: caret - skipped };
}
