import { type SafeText, safe, safeText } from "../../text/safe-text.ts";
import { displayWidth } from "../../text/width.ts";
import { type Caret, fieldRow } from "./field-row.ts";
import type { Field, Form } from "./form.ts";
import { blank, type Row, type Span, span } from "./row.ts";

const MARKER_COLUMNS = 2;
const INPUT_COLUMNS_MAX = 28;
const INPUT_COLUMNS_MIN = 8;
const BRACKETS = 2;

/** A form as rows, one per field, with the caret in the focused one. */
export function formRows(form: Form, columns: number): { rows: readonly Row[]; caret: Caret } {
  const labelColumns = Math.max(0, ...form.fields.map(({ label }) => label.length)) + 1;
  const room = columns - MARKER_COLUMNS - labelColumns - BRACKETS;
  const inputColumns = Math.max(INPUT_COLUMNS_MIN, Math.min(INPUT_COLUMNS_MAX, room));
  const drawn = form.fields.map((field, index) =>
    drawField(field, index === form.focus, { labelColumns, inputColumns }),
  );
  return {
    rows: drawn.map(({ row }) => row),
    caret: { x: drawn[form.focus]?.caret ?? 0, y: form.focus },
  };
}

interface FieldShape {
  readonly labelColumns: number;
  readonly inputColumns: number;
}

function drawField(
  field: Field,
  isFocused: boolean,
  shape: FieldShape,
): { row: Row; caret: number } {
  const label = safeText(field.label);
  const head: Span[] = [
    span(isFocused ? safe`> ` : safe`  `, "strong"),
    span(label, isFocused ? "strong" : "plain"),
    span(blank(shape.labelColumns - label.length)),
  ];
  const from = MARKER_COLUMNS + shape.labelColumns + 1;
  const hint = span(safe` ${safeText(field.hint)}`, "faint");
  if (field.kind === "choice") {
    const sign = field.isChosen ? safe`[x] yes` : safe`[ ] no `;
    return { row: [...head, span(sign), hint], caret: from };
  }
  if (field.kind === "option") {
    return { row: [...head, span(safe`< ${safeText(field.chosen)} >`), hint], caret: from };
  }
  const { text, caret } = fieldRow(field.editor, shape.inputColumns, field.isSecret);
  return { row: [...head, ...inputSpans(text, shape.inputColumns), hint], caret: from + caret };
}

const inputSpans = (text: SafeText, columns: number): Span[] => [
  span(safe`[`, "faint"),
  span(text),
  span(safe`${"_".repeat(Math.max(0, columns - displayWidth(text))) as SafeText}]`, "faint"),
];
