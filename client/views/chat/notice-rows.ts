import type { State } from "../../store/state.ts";
import { type SafeText, safe, safeText } from "../../text/safe-text.ts";
import { truncate, wrapText } from "../../text/wrap.ts";
import { type Row, span } from "../shared/row.ts";
import type { StyleName } from "../theme.ts";
import type { Remark } from "../ui-state.ts";

const LENGTH_MAX = 400;

interface Look {
  readonly sign: SafeText;
  readonly style: StyleName;
  /** What is longer is cut. */
  readonly rows: number;
}

const looks: Readonly<Record<"info" | "warning" | "error", Look>> = {
  info: { sign: safe`i`, style: "faint", rows: 2 },
  warning: { sign: safe`!`, style: "warning", rows: 4 },
  error: { sign: safe`!`, style: "error", rows: 4 },
};

/** The answer to what was just done or, without one, the newest notice. */
export function noticeRows(
  { notices }: Pick<State, "notices">,
  remark: Remark | undefined,
  columns: number,
): readonly Row[] {
  const shown = remark ?? notices.at(-1);
  if (shown === undefined) return [];
  const { sign, style, rows } = looks[shown.severity];
  const more =
    remark === undefined && notices.length > 1 ? safe` (+${notices.length - 1})` : safe``;
  const text = safe`${sign} ${safeText(shown.text, { maxLength: LENGTH_MAX })}${more}`;
  return shortened(wrapText(text, columns), rows, columns).map((line) => [span(line, style)]);
}

/** As many lines as there is room for; where something is missing, the last one says so. */
function shortened(lines: readonly SafeText[], rows: number, columns: number): readonly SafeText[] {
  const last = lines[rows - 1];
  if (last === undefined || lines.length <= rows) return lines;
  return [...lines.slice(0, rows - 1), safe`${truncate(last, columns - 2)} …`];
}
