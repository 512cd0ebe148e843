import { PassThrough } from "node:stream";

/** A terminal's input: what Ink needs to know of a stream to read keys from it. */
export interface KeySource extends NodeJS.ReadableStream {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
  ref?(): unknown;
  unref?(): unknown;
}

/** All forms in which terminals send F1 to F12 (VT220, xterm, rxvt, Linux console). */
const functionKeys: readonly (readonly [number: number, sequences: readonly string[]])[] = [
  [1, ["\u001BOP", "\u001B[11~", "\u001B[[A", "\u001B[P"]],
  [2, ["\u001BOQ", "\u001B[12~", "\u001B[[B", "\u001B[Q"]],
  [3, ["\u001BOR", "\u001B[13~", "\u001B[[C", "\u001B[R"]],
  [4, ["\u001BOS", "\u001B[14~", "\u001B[[D", "\u001B[S"]],
  [5, ["\u001B[15~", "\u001B[[E"]],
  [6, ["\u001B[17~"]],
  [7, ["\u001B[18~"]],
  [8, ["\u001B[19~"]],
  [9, ["\u001B[20~"]],
  [10, ["\u001B[21~"]],
  [11, ["\u001B[23~"]],
  [12, ["\u001B[24~"]],
];

const functionKeyNumbers = new Map(
  functionKeys.flatMap(([number, sequences]) => sequences.map((text) => [text, number] as const)),
);

const escapeForRegex = (text: string): string => text.replace(/[[~]/g, "\\$&");
const functionKeyRegex = new RegExp(
  [...functionKeyNumbers.keys()].map(escapeForRegex).join("|"),
  "g",
);

const codePoints = (text: string): string => Array.from(text, (c) => c.codePointAt(0)).join(":");

// In the kitty protocol: the private key code of F1, modifier Hyper, and the name as its text.
const markedKey = (number: number): string =>
  `\u001B[${57_363 + number};17;${codePoints(`F${number}`)}u`;

/** Function keys rewritten into a form in which Ink passes them on: Hyper and their name. */
export const markFunctionKeys = (input: string): string =>
  input.replace(functionKeyRegex, (sequence) => markedKey(functionKeyNumbers.get(sequence) ?? 0));

/** A stand-in for the terminal's input that Ink reads from, so that function keys reach us. */
export interface TerminalInput extends KeySource, Disposable {}

export function terminalInput(source: KeySource): TerminalInput {
  const marked = new PassThrough();
  const forward = (chunk: Buffer | string) => {
    // One byte is one character in latin1, so that a character cut in two stays as it is.
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    marked.write(Buffer.from(markFunctionKeys(bytes.toString("latin1")), "latin1"));
  };
  const end = () => marked.end();
  source.on("data", forward);
  source.once("end", end);
  return Object.assign(marked, {
    isTTY: source.isTTY === true,
    setRawMode: (isRaw: boolean) => source.setRawMode?.(isRaw),
    ref: () => source.ref?.(),
    unref: () => source.unref?.(),
    [Symbol.dispose]() {
      source.removeListener("data", forward);
      source.removeListener("end", end);
      source.pause();
    },
  });
}
