import type { State } from "../../store/state.ts";
import { type SafeText, safe, safeText } from "../../text/safe-text.ts";
import { wrapText } from "../../text/wrap.ts";
import { type Row, span } from "../shared/row.ts";
import type { StyleName } from "../theme.ts";
import type { Remark } from "../ui-state.ts";

const ROWS_MAX = 2;
const LENGTH_MAX = 400;

const signs: Readonly<Record<"info" | "warning" | "error", { sign: SafeText; style: StyleName }>> =
  {
    info: { sign: safe`i`, style: "faint" },
    warning: { sign: safe`!`, style: "warning" },
    error: { sign: safe`!`, style: "error" },
  };

/** The answer to what was just done or, without one, the newest notice. */
export function noticeRows(
  { notices }: Pick<State, "notices">,
  remark: Remark | undefined,
  columns: number,
): readonly Row[] {
  const shown = remark ?? notices.at(-1);
  if (shown === undefined) return [];
  const { sign, style } = signs[shown.severity];
  const more =
    remark === undefined && notices.length > 1 ? safe` (+${notices.length - 1})` : safe``;
  const text = safe`${sign} ${safeText(shown.text, { maxLength: LENGTH_MAX })}${more}`;
  return wrapText(text, columns)
    .slice(0, ROWS_MAX)
    .map((line) => [span(line, style)]);
}
