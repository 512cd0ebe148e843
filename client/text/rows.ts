/** Where rows break: one rule for messages and for the composer. */

import { clusterWidth, graphemes } from "./width.ts";

/** One character as it is drawn. */
export type Cell = { text: string; width: number };

/** Cells `start` to `end` are drawn; those from `end` to `next` are spaces swallowed by the break. */
export type Row = { start: number; end: number; next: number };

const TOO_WIDE: Cell = { text: "?", width: 1 };
const WIDE = 2;

const letterRegex = /^[\p{L}\p{N}]/u;
// Closing marks of East Asian text never begin a row.
const notAtRowStartRegex = /^[、。，．：；？！）」』】〉》〕…ー々]/u;

/** A usable number of columns, however small the window has become. */
export const atLeastOneColumn = (columns: number): number =>
  columns >= 1 ? Math.floor(columns) : 1;

/** The characters of a safe text; one that is wider than a whole row becomes `?`. */
export function cellsOf(text: string, columns: number): Cell[] {
  return graphemes(text).map((cluster) => {
    const width = clusterWidth(cluster);
    return width > columns ? TOO_WIDE : { text: cluster, width };
  });
}

/** Breaks one line at spaces or between wide characters, and inside a word only if it must. */
export function breakRows(cells: readonly Cell[], columns: number): Row[] {
  const rows: Row[] = [];
  let start = 0;
  do {
    const row = nextRow(cells, start, columns);
    rows.push(row);
    start = row.next;
  } while (start < cells.length);
  return rows;
}

function nextRow(cells: readonly Cell[], start: number, columns: number): Row {
  let width = 0;
  let index = start;
  let breakAt = start;
  let hasInk = false;
  for (; index < cells.length; index += 1) {
    const cell = cells[index];
    if (cell === undefined) break;
    // Indentation is no place to break: it would leave a row of nothing.
    if (hasInk && isBreak(cells[index - 1], cell)) breakAt = index;
    if (width + cell.width > columns) break;
    hasInk ||= !isSpace(cell);
    width += cell.width;
  }
  if (index >= cells.length) return { start, end: cells.length, next: cells.length };
  if (hasInk && isSpace(cells[index])) return closeRow(cells, start, afterSpaces(cells, index));
  // Nothing fits only when the caller's cells are wider than a row; take one all the same.
  const hardBreak = Math.max(index, start + 1);
  return breakAt > start
    ? closeRow(cells, start, breakAt)
    : { start, end: hardBreak, next: hardBreak };
}

function closeRow(cells: readonly Cell[], start: number, next: number): Row {
  let end = next;
  while (end > start && isSpace(cells[end - 1])) end -= 1;
  return { start, end, next };
}

function afterSpaces(cells: readonly Cell[], from: number): number {
  let index = from;
  while (isSpace(cells[index])) index += 1;
  return index;
}

const isSpace = (cell: Cell | undefined): boolean => cell?.text === " ";

function isBreak(before: Cell | undefined, after: Cell): boolean {
  if (before === undefined || isSpace(after)) return false;
  if (isSpace(before)) return true;
  if (before.width !== WIDE && after.width !== WIDE) return false;
  return standsFree(before) && standsFree(after) && !notAtRowStartRegex.test(after.text);
}

const standsFree = (cell: Cell): boolean => cell.width === WIDE || letterRegex.test(cell.text);
