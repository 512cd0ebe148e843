import { firstForbidden } from "../text/test/oracle.ts";
import { clusterWidth, graphemes } from "../text/width.ts";

/**
 * The terminal of a test: it knows the few sequences our screen is drawn with and throws on any
 * other byte that a terminal would act on, so that nothing in a message can slip through.
 */
export interface ScreenEmulator {
  write(chunk: string): void;
  resize(columns: number, rows: number): void;
  /** Rows of text without the blanks at their ends. */
  rows(): string[];
  text(): string;
  readonly cursor: { readonly x: number; readonly y: number; readonly isShown: boolean };
  /** The private modes that are on: 1049 other screen, 2004 bracketed paste. */
  readonly modes: ReadonlySet<string>;
  /** Every style that was ever asked for, by its number. */
  readonly styles: ReadonlySet<string>;
}

/** Stands behind a wide character. */
const TAIL = "";
const BLANK = " ";

/** Bold, faint, underline, reverse, the plain colours, and what ends each of them. */
const knownStyle = /^(?:0|1|2|4|7|22|24|27|3[0-79])?$/;

// biome-ignore lint/suspicious/noControlCharactersInRegex: this is the grammar of a terminal
const sequenceRegex = /\u001B\[([?><]?)([\d;]*)([A-Za-z])/y;

// At least one character: an ESC that begins no known sequence is text, and text that is refused.
// biome-ignore lint/suspicious/noControlCharactersInRegex: this is the grammar of a terminal
const textRegex = /^[\s\S][^\u001B\n]*/;

export function createEmulator(columns: number, rows: number): ScreenEmulator {
  const state = {
    columns,
    rows,
    cells: blankCells(columns, rows),
    x: 0,
    y: 0,
    modes: new Set<string>(["25"]),
    styles: new Set<string>(),
  };
  return {
    write: (chunk) => writeChunk(state, chunk),
    resize(newColumns, newRows) {
      // As terminals do: what still fits stays where it is.
      const old = state.cells;
      state.cells = blankCells(newColumns, newRows).map((row, y) =>
        row.map((blank, x) => old[y]?.[x] ?? blank),
      );
      state.columns = newColumns;
      state.rows = newRows;
      state.x = Math.min(state.x, newColumns - 1);
      state.y = Math.min(state.y, newRows - 1);
    },
    rows: () => state.cells.map((row) => row.join("").trimEnd()),
    text: () => state.cells.map((row) => row.join("").trimEnd()).join("\n"),
    get cursor() {
      return { x: state.x, y: state.y, isShown: state.modes.has("25") };
    },
    modes: state.modes,
    styles: state.styles,
  };
}

interface EmulatorState {
  columns: number;
  rows: number;
  cells: string[][];
  x: number;
  y: number;
  modes: Set<string>;
  styles: Set<string>;
}

const blankCells = (columns: number, rows: number): string[][] =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => BLANK));

function writeChunk(state: EmulatorState, chunk: string): void {
  let index = 0;
  while (index < chunk.length) {
    sequenceRegex.lastIndex = index;
    const match = sequenceRegex.exec(chunk);
    if (match !== null) {
      const [whole, mark = "", parameters = "", final = ""] = match;
      act(state, mark + final, parameters);
      index += whole.length;
    } else if (chunk[index] === "\n") {
      newLine(state);
      index += 1;
    } else {
      const text = textRegex.exec(chunk.slice(index))?.[0] ?? "";
      print(state, text);
      index += text.length;
    }
  }
}

function newLine(state: EmulatorState): void {
  state.x = 0;
  if (state.y < state.rows - 1) {
    state.y += 1;
    return;
  }
  state.cells.shift();
  state.cells.push(Array.from({ length: state.columns }, () => BLANK));
}

function print(state: EmulatorState, text: string): void {
  const forbidden = firstForbidden(text);
  if (forbidden !== undefined) throw new Error(`the screen was sent ${forbidden}`);
  for (const cluster of graphemes(text)) {
    const width = clusterWidth(cluster);
    const row = state.cells[state.y];
    if (row === undefined || state.x + width > state.columns) {
      throw new Error(`text beyond the right edge: ${JSON.stringify(text)}`);
    }
    row[state.x] = cluster;
    for (let tail = 1; tail < width; tail += 1) row[state.x + tail] = TAIL;
    state.x += width;
  }
}

function act(state: EmulatorState, name: string, parameters: string): void {
  const action = actions[name];
  if (action === undefined) throw new Error(`the screen was sent CSI ${parameters} ${name}`);
  action(state, parameters);
}

const count = (parameters: string): number => Number(parameters || "1");

const clampX = (state: EmulatorState, x: number): number =>
  Math.max(0, Math.min(x, state.columns - 1));
const clampY = (state: EmulatorState, y: number): number =>
  Math.max(0, Math.min(y, state.rows - 1));

const actions: Readonly<Record<string, (state: EmulatorState, parameters: string) => void>> = {
  A: (state, n) => {
    state.y = clampY(state, state.y - count(n));
  },
  B: (state, n) => {
    state.y = clampY(state, state.y + count(n));
  },
  E: (state, n) => {
    state.x = 0;
    state.y = clampY(state, state.y + count(n));
  },
  G: (state, n) => {
    state.x = clampX(state, count(n) - 1);
  },
  H: (state, place) => {
    const [row = "1", column = "1"] = place.split(";");
    state.y = clampY(state, count(row) - 1);
    state.x = clampX(state, count(column) - 1);
  },
  J: (state, what) => {
    const from = what === "2" ? 0 : state.y;
    for (let y = from; y < state.rows; y += 1) {
      state.cells[y]?.fill(BLANK, y === state.y && what !== "2" ? state.x : 0);
    }
  },
  K: (state, what) => {
    state.cells[state.y]?.fill(BLANK, what === "2" ? 0 : state.x);
  },
  m: (state, style) => {
    state.styles.add(style);
    if (!knownStyle.test(style)) throw new Error(`the screen was sent style ${style}`);
  },
  "?h": (state, mode) => {
    state.modes.add(mode);
  },
  "?l": (state, mode) => {
    state.modes.delete(mode);
  },
  "?u": () => {},
};
