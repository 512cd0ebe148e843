/**
 * What a key press means to the editor. Keys that mean something to the application only (Escape,
 * Ctrl-C, page keys) give no action.
 */

import type { ChangeName, EditorAction } from "./editor-actions.ts";

/** The modifiers and names Ink reports beside the input. */
export type PressedKey = {
  readonly [name in "ctrl" | "shift" | "meta" | "super" | "hyper" | NamedKey]: boolean;
} & { readonly eventType?: "press" | "repeat" | "release" };

type NamedKey =
  | "return"
  | "tab"
  | "escape"
  | "backspace"
  | "delete"
  | "home"
  | "end"
  | "upArrow"
  | "downArrow"
  | "leftArrow"
  | "rightArrow"
  | "pageUp"
  | "pageDown";

/** An editor action, or one that only the view can carry out. */
export type KeyAction = EditorAction | { readonly type: "submit" } | { readonly type: "complete" };

type Command = ChangeName | "submit" | "complete";

const controlKeys: Readonly<Record<string, Command>> = {
  a: "moveLineStart",
  b: "moveLeft",
  d: "deleteForward",
  e: "moveLineEnd",
  f: "moveRight",
  h: "deleteBackward",
  i: "complete",
  j: "newline",
  k: "deleteToLineEnd",
  m: "submit",
  u: "deleteToLineStart",
  w: "deleteWordBackward",
  y: "yank",
  z: "undo",
  _: "undo",
};

const metaKeys: Readonly<Record<string, Command>> = {
  b: "moveWordLeft",
  d: "deleteWordForward",
  f: "moveWordRight",
};

/** For each named key what it does alone and with a modifier; a gap means nothing. */
const namedKeys: Readonly<Record<NamedKey, { alone?: Command; modified?: Command }>> = {
  return: { alone: "submit", modified: "newline" },
  tab: { alone: "complete" },
  escape: {},
  backspace: { alone: "deleteBackward", modified: "deleteWordBackward" },
  delete: { alone: "deleteForward", modified: "deleteWordForward" },
  home: { alone: "moveLineStart", modified: "moveTextStart" },
  end: { alone: "moveLineEnd", modified: "moveTextEnd" },
  upArrow: { alone: "moveUp" },
  downArrow: { alone: "moveDown" },
  leftArrow: { alone: "moveLeft", modified: "moveWordLeft" },
  rightArrow: { alone: "moveRight", modified: "moveWordRight" },
  pageUp: {},
  pageDown: {},
};

// With any other key Shift is a slip of the finger. Shift-Tab belongs to the application.
const shiftMatters: ReadonlySet<NamedKey> = new Set(["return", "tab"]);

const namedKeyList = Object.keys(namedKeys) as NamedKey[];

// Ink hands over a sequence it does not know without its ESC; it must not be typed into the text.
const unknownSequenceRegex = /^\[<?\d+(?:[;:]\d+)*[A-Za-z~^$]$/;

/** The actions of one input event, in order. A chunk of typing can end in Enter: `x\r`. */
export function keyActions(input: string, key: PressedKey): KeyAction[] {
  if (key.eventType === "release" || key.super || key.hyper) return [];
  const named = namedKeyList.find((name) => key[name]);
  if (named !== undefined) return commandActions(namedCommand(named, key));
  if (key.ctrl) return commandActions(lookUp(controlKeys, input));
  if (key.meta) return commandActions(lookUp(metaKeys, input));
  return unknownSequenceRegex.test(input) ? [] : chunkActions(input);
}

function namedCommand(name: NamedKey, key: PressedKey): Command | undefined {
  const { alone, modified } = namedKeys[name];
  const isModified = key.ctrl || key.meta || (key.shift && shiftMatters.has(name));
  return isModified ? modified : alone;
}

const lookUp = (table: Readonly<Record<string, Command>>, input: string): Command | undefined =>
  Object.hasOwn(table, input.toLowerCase()) ? table[input.toLowerCase()] : undefined;

const commandActions = (command: Command | undefined): KeyAction[] =>
  command === undefined ? [] : [{ type: command }];

const LETTER_OFFSET = 96;
const SIGN_OFFSET = 64;
const LAST_LETTER = 26;
const ENTER = /\r\n?/g;

function chunkActions(chunk: string): KeyAction[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the keys looked for
  const parts = chunk.replace(ENTER, "\r").split(/([\x00-\x1F\x7F])/);
  return parts.flatMap((part, index): KeyAction[] => {
    if (index % 2 === 1) return commandActions(controlCommand(part));
    return part === "" ? [] : [{ type: "insert", text: part }];
  });
}

function controlCommand(control: string): Command | undefined {
  const code = control.charCodeAt(0);
  if (code === 0x7f) return "deleteBackward";
  return lookUp(controlKeys, String.fromCharCode(code + offsetOf(code)));
}

const offsetOf = (code: number): number => (code <= LAST_LETTER ? LETTER_OFFSET : SIGN_OFFSET);
