import type { Row } from "../shared/row.ts";

/** A long list of things, each of which is drawn in some rows; rows are only asked for where they are seen. */
export interface Blocks {
  readonly count: number;
  rowsAt(index: number): readonly Row[];
  /** A name that a block keeps when others are added before or after it. */
  keyAt(index: number): string;
  indexOf(key: string): number | undefined;
}

/** One row of one block. */
export interface Place {
  readonly key: string;
  readonly row: number;
}

interface Position {
  readonly index: number;
  readonly row: number;
}

/** What is seen in a window of some rows. */
export interface Shown {
  readonly rows: readonly Row[];
  readonly isAtTop: boolean;
  readonly isAtEnd: boolean;
}

/** The rows that end at `bottom`, or at the end of everything; walks no further than it shows. */
export function showWindow(blocks: Blocks, bottom: Place | undefined, height: number): Shown {
  const end = settle(blocks, bottom, height);
  if (end === undefined || height < 1) return { rows: [], isAtTop: true, isAtEnd: true };
  const rows: Row[] = [];
  let { index, row } = end;
  while (rows.length < height) {
    const block = blocks.rowsAt(index);
    const wanted = block.slice(Math.max(0, row + 1 - (height - rows.length)), row + 1);
    rows.unshift(...wanted);
    row -= wanted.length;
    if (row >= 0 || index === 0) break;
    index -= 1;
    row = blocks.rowsAt(index).length - 1;
  }
  return { rows, isAtTop: index === 0 && row < 0, isAtEnd: isEnd(blocks, end) };
}

/** The bottom after moving by `rows` (up is negative); undefined once that is the end. */
export function movedBottom(
  blocks: Blocks,
  bottom: Place | undefined,
  rows: number,
  height: number,
): Place | undefined {
  const from = settle(blocks, bottom, height);
  if (from === undefined) return undefined;
  const moved = rows < 0 ? walkUp(blocks, from, -rows) : walkDown(blocks, from, rows);
  return placeOf(blocks, settlePosition(blocks, moved, height));
}

/** The bottom of the window that shows the very first row. */
export const topPlace = (blocks: Blocks, height: number): Place | undefined =>
  blocks.count === 0
    ? undefined
    : placeOf(blocks, settlePosition(blocks, { index: 0, row: 0 }, height));

/** The bottom of a window that shows a block, or as much of its beginning as there is room for. */
export function bottomShowing(
  blocks: Blocks,
  bottom: Place | undefined,
  height: number,
  key: string,
): Place | undefined {
  const end = settle(blocks, bottom, height);
  const index = blocks.indexOf(key);
  if (end === undefined || index === undefined) return bottom;
  if (index >= end.index) {
    const last = { index, row: blocks.rowsAt(index).length - 1 };
    const isSeen = index === end.index && end.row >= last.row;
    return isSeen ? bottom : placeOf(blocks, settlePosition(blocks, last, height));
  }
  let rows = end.row + 1;
  for (let above = end.index - 1; above >= index && rows <= height; above -= 1) {
    rows += blocks.rowsAt(above).length;
  }
  if (rows <= height) return bottom;
  return placeOf(blocks, walkDown(blocks, { index, row: 0 }, height - 1));
}

function placeOf(blocks: Blocks, position: Position): Place | undefined {
  if (isEnd(blocks, position)) return undefined;
  return { key: blocks.keyAt(position.index), row: position.row };
}

function settle(blocks: Blocks, bottom: Place | undefined, height: number): Position | undefined {
  const last = lastPosition(blocks);
  if (last === undefined || bottom === undefined) return last;
  const index = blocks.indexOf(bottom.key);
  if (index === undefined) return last;
  // Another width gives a block another number of rows.
  const row = Math.min(bottom.row, blocks.rowsAt(index).length - 1);
  return settlePosition(blocks, { index, row }, height);
}

/** Not so far up that the window would begin above the first row. */
function settlePosition(blocks: Blocks, position: Position, height: number): Position {
  let missing = height - 1 - position.row;
  for (let index = position.index - 1; index >= 0 && missing > 0; index -= 1) {
    missing -= blocks.rowsAt(index).length;
  }
  return missing > 0 ? walkDown(blocks, position, missing) : position;
}

function lastPosition(blocks: Blocks): Position | undefined {
  const index = blocks.count - 1;
  return index < 0 ? undefined : { index, row: blocks.rowsAt(index).length - 1 };
}

function isEnd(blocks: Blocks, { index, row }: Position): boolean {
  return index === blocks.count - 1 && row >= blocks.rowsAt(index).length - 1;
}

function walkUp(blocks: Blocks, from: Position, rows: number): Position {
  let { index, row } = from;
  row -= rows;
  while (row < 0 && index > 0) {
    index -= 1;
    row += blocks.rowsAt(index).length;
  }
  return { index, row: Math.max(0, row) };
}

function walkDown(blocks: Blocks, from: Position, rows: number): Position {
  let { index, row } = from;
  row += rows;
  while (row >= blocks.rowsAt(index).length && index < blocks.count - 1) {
    row -= blocks.rowsAt(index).length;
    index += 1;
  }
  return { index, row: Math.min(row, blocks.rowsAt(index).length - 1) };
}
