import { type Editor, usedBytes } from "../../text/editor.ts";
import { layout } from "../../text/editor-layout.ts";
import { safe } from "../../text/safe-text.ts";
import type { Caret } from "../shared/field-row.ts";
import { type Row, span, spreadRow } from "../shared/row.ts";

export interface ComposerRows {
  readonly rows: readonly Row[];
  /** Within these rows. */
  readonly caret: Caret;
}

const PROMPT_COLUMNS = 2;
const ROWS_MAX = 5;
/** From this part of the limit on, what is left is shown. */
const NEARLY_FULL = 0.8;

/** Columns that the text of the composer is wrapped to. */
export const composerTextColumns = (columns: number): number =>
  Math.max(1, columns - PROMPT_COLUMNS);

/** What is being written, as many rows of it as may be seen, around the caret. */
export function composerRows(editor: Editor, columns: number, windowRows: number): ComposerRows {
  const { rows, caretRow, caretColumn } = layout(editor, composerTextColumns(columns));
  const height = Math.max(1, Math.min(rows.length, ROWS_MAX, Math.floor(windowRows / 3)));
  const top = Math.max(0, Math.min(caretRow - height + 1, rows.length - height));
  const first = Math.min(top, caretRow);
  const shown = rows
    .slice(first, first + height)
    .map(
      (text, index): Row => [span(first + index === 0 ? safe`> ` : safe`  `, "strong"), span(text)],
    );
  return {
    rows: withHint(editor, shown, columns),
    caret: { x: PROMPT_COLUMNS + caretColumn, y: caretRow - first },
  };
}

function withHint(editor: Editor, rows: Row[], columns: number): readonly Row[] {
  const only = rows[0];
  if (editor.text === "" && only !== undefined) {
    return [[...only, span(safe`Write a message, or / for commands`, "faint")]];
  }
  const used = usedBytes(editor);
  const last = rows.at(-1);
  if (used < editor.limitBytes * NEARLY_FULL || last === undefined) return rows;
  const left = [span(safe`${editor.limitBytes - used} bytes left`, "faint")];
  return [...rows.slice(0, -1), spreadRow(last, left, columns)];
}
