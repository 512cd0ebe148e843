import { slashCommands } from "../../slash/table.ts";
import { safe, safeText } from "../../text/safe-text.ts";
import { wrapText } from "../../text/wrap.ts";
import { editorKeys, type KeyHelp, keyHelp } from "../keymap.ts";
import { dialogArea, type WindowSize } from "../layout.ts";
import { blank, emptyRow, type Row, span } from "../shared/row.ts";

const KEY_COLUMNS = 24;

/** The first row to show when the help is scrolled to `top`, so that the window stays full. */
export function helpTop(size: WindowSize, top: number): number {
  const { columns, rows } = dialogArea(size);
  return Math.max(0, Math.min(top, helpRows(columns).length - rows));
}

/** All keys and commands, from the tables that give them their meaning. */
export function helpRows(columns: number): readonly Row[] {
  return [
    ...section("Keys", keyHelp(), columns),
    emptyRow,
    ...section("Commands", commandHelp, columns),
    emptyRow,
    ...section("Writing", editorKeys, columns),
    emptyRow,
    ...section("Signs", signs, columns),
  ];
}

const commandHelp: readonly KeyHelp[] = slashCommands.map(({ usage, summary }) => ({
  keys: usage,
  help: summary,
}));

const signs: readonly KeyHelp[] = [
  { keys: "# name, * name", help: "A public room, a private room" },
  { keys: "● name, ○ name", help: "Online, offline" },
  { keys: "(3)", help: "Three things unread" },
  { keys: "server can read", help: "Whoever runs the server can read this conversation" },
  { keys: "TLS, plaintext", help: "How it travels between you and the server" },
];

function section(title: string, lines: readonly KeyHelp[], columns: number): Row[] {
  return [[span(safeText(title), "heading")], ...lines.flatMap((line) => helpLine(line, columns))];
}

/** Key and meaning side by side, or one above the other where there is no room. */
function helpLine({ keys, help }: KeyHelp, columns: number): Row[] {
  const isNarrow = columns < 2 * KEY_COLUMNS;
  const indent = isNarrow ? 2 : KEY_COLUMNS;
  const words = wrapText(safeText(help), columns - indent).map((text) => span(text));
  const key = span(safeText(keys), "strong");
  if (isNarrow || keys.length >= indent) {
    return [[key], ...words.map((piece) => [span(blank(indent)), piece])];
  }
  return words.map((piece, index) =>
    index === 0
      ? [key, span(safe`${blank(indent - keys.length)}`), piece]
      : [span(blank(indent)), piece],
  );
}
