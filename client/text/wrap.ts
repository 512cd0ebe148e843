/** Fits checked text into columns. */

import { atLeastOneColumn, breakRows, cellsOf } from "./rows.ts";
import type { SafeText } from "./safe-text.ts";
import { cutToWidth, isPrintableAscii } from "./width.ts";

/** Rows no wider than `columns`, broken at `\n` and between words; indentation is kept. */
export function wrapText(text: SafeText, columns: number): SafeText[] {
  const width = atLeastOneColumn(columns);
  return text.split("\n").flatMap((line) => wrapLine(line, width)) as SafeText[];
}

/** The first line, cut to `columns` cells with an ellipsis where something is missing. */
export function truncate(text: SafeText, columns: number): SafeText {
  return cutToWidth(text, Math.floor(columns)) as SafeText;
}

function wrapLine(line: string, columns: number): string[] {
  if (line.length <= columns && isPrintableAscii(line)) return [line];
  const cells = cellsOf(line, columns);
  return breakRows(cells, columns).map(({ start, end }) =>
    cells
      .slice(start, end)
      .map((cell) => cell.text)
      .join(""),
  );
}
