/** Draws the editor in columns and moves the caret between drawn rows. */

import type { Editor } from "./editor.ts";
import { atLeastOneColumn, breakRows, type Cell, cellsOf, type Row } from "./rows.ts";
import { type SafeText, shownClusters } from "./safe-text.ts";

export type Layout = {
  readonly rows: readonly SafeText[];
  readonly caretRow: number;
  readonly caretColumn: number;
};

/** The drawn rows and the cell for the terminal's own cursor. */
export function layout(editor: Editor, columns: number): Layout {
  const { rows, stops } = arrange(editor.text, columns);
  const { row, column } = stopAt(stops, editor.caret);
  return { rows, caretRow: row, caretColumn: column };
}

/** Moves to the row above, keeping the column; the same editor when there is none. */
export const moveUp = (editor: Editor, columns: number): Editor => moveRows(editor, columns, -1);

/** Moves to the row below, keeping the column; the same editor when there is none. */
export const moveDown = (editor: Editor, columns: number): Editor => moveRows(editor, columns, 1);

/** A place where the caret can stand: an offset in the text and its cell. */
type Stop = { readonly at: number; readonly row: number; readonly column: number };

/** A drawn character and the offset of what it stands for. */
type PlacedCell = Cell & { readonly at: number };

type Line = { readonly cells: PlacedCell[]; readonly end: number };

type Arrangement = { readonly rows: SafeText[]; readonly stops: Stop[] };

function arrange(text: string, columns: number): Arrangement {
  // The last column stays free, so that a caret after a full row has a cell to stand on.
  const wrapColumns = atLeastOneColumn(columns - 1);
  const rows: SafeText[] = [];
  const stops: Stop[] = [];
  for (const line of linesOf(text, wrapColumns)) {
    const broken = breakRows(line.cells, wrapColumns);
    for (const [index, row] of broken.entries()) {
      const isLast = index === broken.length - 1;
      stops.push(...stopsOf(line, row, isLast).map((stop) => ({ ...stop, row: rows.length })));
      rows.push(textOf(line.cells, row));
    }
  }
  const lastColumn = atLeastOneColumn(columns) - 1;
  return { rows, stops: stops.map((s) => ({ ...s, column: Math.min(s.column, lastColumn) })) };
}

function linesOf(text: string, columns: number): Line[] {
  const lines: Line[] = [];
  let cells: PlacedCell[] = [];
  for (const { start, shown } of shownClusters(text, { multiline: true })) {
    if (shown === "\n") {
      lines.push({ cells, end: start });
      cells = [];
    } else {
      for (const cell of cellsOf(shown, columns)) cells.push({ ...cell, at: start });
    }
  }
  return [...lines, { cells, end: text.length }];
}

function stopsOf({ cells, end }: Line, row: Row, isLast: boolean): Omit<Stop, "row">[] {
  const stops: Omit<Stop, "row">[] = [];
  let column = 0;
  for (let index = row.start; index < row.next; index += 1) {
    const cell = cells[index];
    if (cell === undefined) break;
    // A symbol of several cells stands for one character: the caret is never inside it.
    if (cell.at !== cells[index - 1]?.at) stops.push({ at: cell.at, column });
    column += cell.width;
  }
  if (isLast) stops.push({ at: end, column });
  return stops;
}

const textOf = (cells: readonly Cell[], { start, end }: Row): SafeText =>
  cells
    .slice(start, end)
    .map((cell) => cell.text)
    .join("") as SafeText;

const TEXT_START: Stop = { at: 0, row: 0, column: 0 };

const stopAt = (stops: readonly Stop[], offset: number): Stop =>
  stops.findLast((stop) => stop.at <= offset) ?? TEXT_START;

function moveRows(editor: Editor, columns: number, direction: -1 | 1): Editor {
  const { stops } = arrange(editor.text, columns);
  const from = stopAt(stops, editor.caret);
  const beyond = stops.filter(({ row }) => (row - from.row) * direction > 0);
  const nearest = direction < 0 ? beyond.at(-1) : beyond[0];
  if (nearest === undefined) return editor;
  const goalColumn = editor.goalColumn ?? from.column;
  const target = beyond.filter(({ row }) => row === nearest.row);
  const stop = target.findLast(({ column }) => column <= goalColumn) ?? target[0] ?? nearest;
  return { ...editor, caret: stop.at, goalColumn, streak: "none" };
}
