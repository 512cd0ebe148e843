import type { State } from "../../store/state.ts";
import { type SafeText, safe, safeText } from "../../text/safe-text.ts";
import { wrapText } from "../../text/wrap.ts";
import type { WindowSize } from "../layout.ts";
import { type Caret, fieldRow } from "../shared/field-row.ts";
import { emptyRow, type Row, span, spreadRow } from "../shared/row.ts";
import { centredTop, choiceRow } from "./choice-row.ts";
import type { PanelDialog, PanelRow } from "./dialog.ts";
import { chosenIndex, pagedRow } from "./panel-dialog.ts";

const PROMPT = safe`Find: `;
const NOTE_ROWS = 2;

/** What is known of a list, ready to be shown. */
interface Listed {
  readonly count: number | undefined;
  readonly chosen: number;
  readonly failed: string | undefined;
  rowAt(index: number): PanelRow | undefined;
}

/** A title, a line to search in, the part of the list around the chosen row, and a note. */
export function panelRows(
  panel: PanelDialog,
  state: State,
  { columns, rows: height }: WindowSize,
): { rows: readonly Row[]; caret: Caret | undefined } {
  const { spec, editor } = panel;
  const listed = listedIn(panel, state);
  const field = fieldRow(editor, columns - PROMPT.length, false);
  const head: Row[] = [
    spreadRow(
      [span(safeText(spec.title), "heading")],
      [span(placeOf(listed, panel), "faint")],
      columns,
    ),
    spec.isSearchable ? [span(PROMPT, "strong"), span(field.text)] : emptyRow,
  ];
  const note = noteRows(panel, columns);
  const room = Math.max(1, height - head.length - note.length);
  return {
    rows: [...head, ...listRows(panel, listed, { columns, rows: room }), ...note],
    caret: spec.isSearchable ? { x: PROMPT.length + field.caret, y: 1 } : undefined,
  };
}

function listedIn(panel: PanelDialog, state: State): Listed {
  const { source } = panel.spec;
  if (source.kind === "paged") {
    const { total: count, failed, selected: chosen } = panel;
    return { count, chosen, failed, rowAt: (index) => pagedRow(panel, index) };
  }
  const live = source.rows(state, panel.editor.text);
  const rows = live.state === "known" ? live.rows : [];
  return {
    count: live.state === "known" ? rows.length : undefined,
    chosen: chosenIndex(rows, panel),
    failed: live.state === "failed" ? live.message : undefined,
    rowAt: (index) => rows[index],
  };
}

function placeOf({ count, chosen }: Listed, { spec, question, answered }: PanelDialog): SafeText {
  // What is still shown may be what was found before.
  if (spec.source.kind === "paged" && answered !== question) return safe`searching…`;
  return count === undefined || count === 0 ? safe`` : safe`${chosen + 1} of ${count}`;
}

function listRows(
  { spec, editor }: PanelDialog,
  { count, chosen, failed, rowAt }: Listed,
  { columns, rows: room }: WindowSize,
): Row[] {
  if (failed !== undefined) {
    const text = safe`! This could not be loaded: ${safeText(failed)} Ctrl-R tries again.`;
    return wrapText(text, columns).map((line) => [span(line, "error")]);
  }
  if (count === undefined) return [[span(safe`loading…`, "faint")]];
  if (count === 0) {
    const text = editor.text === "" ? safeText(spec.empty) : safe`Nothing is called so.`;
    return wrapText(text, columns).map((line) => [span(line, "faint")]);
  }
  const top = centredTop(chosen, count, room);
  return Array.from({ length: Math.min(room, count - top) }, (_, line) => {
    const index = top + line;
    const drawn = rowAt(index)?.draw() ?? { left: safe`…`, right: safe`` };
    return choiceRow(drawn, index === chosen, columns);
  });
}

function noteRows({ spec }: PanelDialog, columns: number): Row[] {
  if (spec.note === undefined) return [];
  const lines = wrapText(safeText(spec.note), columns).slice(0, NOTE_ROWS);
  return [emptyRow, ...lines.map((line): Row => [span(line, "faint")])];
}
