import { type SafeText, safe } from "../../text/safe-text.ts";
import { displayWidth } from "../../text/width.ts";
import { truncate } from "../../text/wrap.ts";
import type { StyleName } from "../theme.ts";

/** A piece of a screen row. Only checked text gets in, so that no caller can forget to check it. */
export interface Span {
  readonly text: SafeText;
  readonly style?: StyleName;
}

/** One row of the screen, without a line break. */
export type Row = readonly Span[];

export const emptyRow: Row = [];

export const span = (text: SafeText, style?: StyleName): Span =>
  style === undefined ? { text } : { text, style };

/** `columns` spaces. */
export const blank = (columns: number): SafeText =>
  columns > 0 ? (" ".repeat(columns) as SafeText) : safe``;

/** A horizontal line of `columns` cells. */
export const rule = (columns: number): SafeText =>
  columns > 0 ? ("─".repeat(columns) as SafeText) : safe``;

export const rowWidth = (row: Row): number =>
  row.reduce((width, { text }) => width + displayWidth(text), 0);

/** The row cut to `columns`, with an ellipsis where something is missing. */
export function fitRow(row: Row, columns: number): Row {
  let room = columns;
  const kept: Span[] = [];
  for (const piece of row) {
    const width = displayWidth(piece.text);
    if (width > room) {
      if (room > 0) kept.push({ ...piece, text: truncate(piece.text, room) });
      return kept;
    }
    kept.push(piece);
    room -= width;
  }
  return row;
}

/** The row cut or filled up with spaces to exactly `columns`. */
export function fillRow(row: Row, columns: number, style?: StyleName): Row {
  const fitted = fitRow(row, columns);
  const missing = columns - rowWidth(fitted);
  return missing > 0 ? [...fitted, span(blank(missing), style)] : fitted;
}

/** `left` and `right` at the two edges; when both do not fit, `left` gives way. */
export function spreadRow(left: Row, right: Row, columns: number): Row {
  const fittedRight = fitRow(right, columns);
  const room = columns - rowWidth(fittedRight);
  const fittedLeft = fitRow(left, Math.max(0, room - 1));
  return [...fittedLeft, span(blank(room - rowWidth(fittedLeft))), ...fittedRight];
}

/** The text on the right of `columns` cells. */
export const alignRight = (text: SafeText, columns: number): SafeText =>
  safe`${blank(columns - displayWidth(text))}${text}`;
