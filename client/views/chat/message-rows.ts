import type { Entry, LineEntry, MessageEntry, Outgoing } from "../../store/state.ts";
import type { TimeFormat } from "../../text/format-time.ts";
import { type SafeText, safe, safeLine, safeText } from "../../text/safe-text.ts";
import { displayWidth } from "../../text/width.ts";
import { wrapText } from "../../text/wrap.ts";
import { alignRight, blank, type Row, type Span, span } from "../shared/row.ts";
import { nameStyle, type StyleName } from "../theme.ts";
import { type NameOf, wordsFor } from "./line-words.ts";

/** How messages are laid out in a width. Rows are kept per shape, so make one per width and keep it. */
export interface MessageShape {
  readonly columns: number;
  /** With the blank after it; 0 where the window is too narrow for it. */
  readonly timeColumns: number;
  readonly nameColumns: number;
  readonly time: TimeFormat;
}

const TIME_COLUMNS = 6;
const TIME_FROM = 30;
const GUTTER = safe` │ `;
/** As wide as the gutter. */
const CHOSEN = safe`>│ `;
const GUTTER_COLUMNS = 3;
/** A message is at most 4096 bytes, but they may all be line breaks. */
const ROWS_MAX = 300;

export function messageShape(columns: number, time: TimeFormat): MessageShape {
  const timeColumns = columns < TIME_FROM ? 0 : TIME_COLUMNS;
  return { columns, timeColumns, nameColumns: nameColumnsFor(columns), time };
}

function nameColumnsFor(columns: number): number {
  if (columns < 34) return 6;
  if (columns < 50) return 8;
  return columns < 100 ? 12 : 16;
}

const remembered = new WeakMap<Entry | Outgoing, { shape: MessageShape; rows: readonly Row[] }>();

/** The rows of one entry, without the separators above it. */
export function rowsOfEntry(entry: Entry, shape: MessageShape, nameOf: NameOf): readonly Row[] {
  // Who that was may become known later.
  if (entry.kind === "deleted") return logRows(entry, shape, nameOf);
  return remember(entry, shape, () =>
    entry.kind === "message" ? messageRows(entry, shape) : logRows(entry, shape, nameOf),
  );
}

/** The rows of the message that the keys are for: a sign on its first row, and all of them set off. */
export const chosenRows = (rows: readonly Row[]): readonly Row[] =>
  rows.map((row, index) =>
    row.map(({ text }) => span(index === 0 && text === GUTTER ? CHOSEN : text, "selected")),
  );

/** The rows of a message of ours that is not in the log yet. */
export const rowsOfOutgoing = (
  outgoing: Outgoing,
  author: string,
  shape: MessageShape,
): readonly Row[] => remember(outgoing, shape, () => outgoingRows(outgoing, author, shape));

function remember<Key extends Entry | Outgoing>(
  key: Key,
  shape: MessageShape,
  make: () => readonly Row[],
): readonly Row[] {
  const known = remembered.get(key);
  if (known !== undefined && known.shape === shape) return known.rows;
  const rows = make();
  remembered.set(key, { shape, rows });
  return rows;
}

function messageRows(entry: MessageEntry, shape: MessageShape): Row[] {
  const head = headOf(entry.at, entry.author, nameStyle(entry.authorId), shape);
  const mark = entry.edited ? [span(safe`(edited)`, "faint")] : [];
  return hang(head, entry.content, mark, shape);
}

const marks: Readonly<Record<Outgoing["status"]["state"], Row>> = {
  sending: [span(safe`… sending`, "faint")],
  sent: [span(safe`✓ sent`, "faint")],
  failed: [],
};

function outgoingRows(outgoing: Outgoing, author: string, shape: MessageShape): Row[] {
  const { status, content, createdAt } = outgoing;
  const head = headOf(createdAt, author, "own", shape);
  const rows = hang(head, content, marks[status.state], shape);
  if (status.state !== "failed") return rows;
  const why = safe`! not sent: ${safeText(status.message, { maxLength: 300 })} (Ctrl-R retry, Ctrl-X discard)`;
  return [...rows, ...wrapText(why, textColumns(shape)).map((row) => under(row, "error", shape))];
}

// The signs stand where a name stands, and no name contains them.
const signs = {
  join: safe`→`,
  leave: safe`←`,
  role: safe`*`,
  room_change: safe`*`,
  deleted: safe`×`,
} as const satisfies Record<LineEntry["kind"], SafeText>;

/** What happened beside what was said, in one faint piece. */
function logRows(entry: LineEntry, shape: MessageShape, nameOf: NameOf): Row[] {
  const lines = wrapText(wordsFor(entry, nameOf), textColumns(shape)).slice(0, LOG_ROWS_MAX);
  return lines.map((line, index) =>
    index > 0
      ? under(line, "faint", shape)
      : [
          timeOf(entry.at, shape),
          span(alignRight(signs[entry.kind], shape.nameColumns), "faint"),
          span(GUTTER, "faint"),
          span(line, "faint"),
        ],
  );
}

const LOG_ROWS_MAX = 4;

function headOf(at: number, author: string, style: StyleName, shape: MessageShape): Row {
  const name = safeLine(author, shape.nameColumns);
  return [
    timeOf(at, shape),
    span(blank(shape.nameColumns - displayWidth(name))),
    span(name, style),
    span(GUTTER, "faint"),
  ];
}

const timeOf = (at: number, { timeColumns, time }: MessageShape): Span =>
  span(timeColumns === 0 ? safe`` : safe`${time.clockTime(at)} `, "faint");

const textColumns = ({ columns, timeColumns, nameColumns }: MessageShape): number =>
  Math.max(1, columns - timeColumns - nameColumns - GUTTER_COLUMNS);

/** A row below the first: the gutter goes on, so that no message can look like the start of another. */
const under = (text: SafeText, style: StyleName, shape: MessageShape): Row => [
  span(blank(shape.timeColumns + shape.nameColumns)),
  span(GUTTER, "faint"),
  span(text, style),
];

/** Text hanging beside its head, with a mark after the last word or on a row of its own. */
function hang(head: Row, content: string, mark: Row, shape: MessageShape): Row[] {
  const columns = textColumns(shape);
  const lines = shorten(wrapText(safeText(content, { multiline: true }), columns));
  const rows = lines.map((line, index) =>
    index === 0 ? [...head, span(line)] : under(line, "plain", shape),
  );
  return mark.length === 0 ? rows : withMark(rows, lines.at(-1) ?? safe``, mark, shape);
}

function shorten(lines: SafeText[]): SafeText[] {
  if (lines.length <= ROWS_MAX) return lines;
  return [...lines.slice(0, ROWS_MAX), safe`… ${lines.length - ROWS_MAX} more rows are not shown`];
}

function withMark(rows: Row[], lastLine: SafeText, mark: Row, shape: MessageShape): Row[] {
  const spaced: Span[] = [span(blank(2)), ...mark];
  const markWidth = spaced.reduce((width, { text }) => width + displayWidth(text), 0);
  const last = rows.at(-1);
  if (last !== undefined && displayWidth(lastLine) + markWidth <= textColumns(shape)) {
    return [...rows.slice(0, -1), [...last, ...spaced]];
  }
  return [...rows, [...under(safe``, "plain", shape), ...mark]];
}
