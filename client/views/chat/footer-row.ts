import { safe, safeText } from "../../text/safe-text.ts";
import { footerKeys, type KeyScope } from "../keymap.ts";
import { type Row, rowWidth, span } from "../shared/row.ts";

/** A key and what it does, for the footer. */
export interface FooterKey {
  readonly key: string;
  readonly label: string;
}

/** The most important keys, as many as fit. */
export const footerRow = (scope: KeyScope, columns: number): Row =>
  keysRow(footerKeys(scope), columns);

/** These keys, as many as fit. */
export function keysRow(keys: readonly FooterKey[], columns: number): Row {
  let row: Row = [];
  for (const { key, label } of keys) {
    const before = row.length === 0 ? [] : [span(safe`  `)];
    const next = [
      ...row,
      ...before,
      span(safeText(key), "strong"),
      span(safe` ${safeText(label)}`, "faint"),
    ];
    if (rowWidth(next) > columns) return row;
    row = next;
  }
  return row;
}
