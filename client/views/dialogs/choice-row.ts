import { type SafeText, safe } from "../../text/safe-text.ts";
import { displayWidth } from "../../text/width.ts";
import { truncate } from "../../text/wrap.ts";
import { fillRow, type Row, span, spreadRow } from "../shared/row.ts";

const ABOUT_COLUMNS_MIN = 4;

/** One line of a list to choose from: a sign and not only a colour says which one is chosen. */
export function choiceRow(
  { left, right }: { readonly left: SafeText; readonly right: SafeText },
  isChosen: boolean,
  columns: number,
): Row {
  const style = isChosen ? "selected" : "plain";
  const marked = safe`${isChosen ? safe`> ` : safe`  `}${left}`;
  // What it is says more than what there is to know about it.
  const room = columns - Math.min(displayWidth(marked), columns) - 2;
  const about = room < ABOUT_COLUMNS_MIN ? safe`` : truncate(right, room);
  const row = spreadRow([span(marked)], [span(about), span(safe` `)], columns);
  return fillRow(
    row.map(({ text }) => span(text, style)),
    columns,
    style,
  );
}

/** The first row to show of `count`, so that the chosen one stands in the middle of the window. */
export const centredTop = (chosen: number, count: number, height: number): number =>
  Math.max(0, Math.min(chosen - Math.floor(height / 2), count - height));
