import type { Key } from "ink";

/** One key press: what Ink reports of it. */
export interface KeyPress {
  readonly input: string;
  readonly key: Key;
}

const namedKeys = [
  ["upArrow", "up"],
  ["downArrow", "down"],
  ["leftArrow", "left"],
  ["rightArrow", "right"],
  ["pageUp", "pageup"],
  ["pageDown", "pagedown"],
  ["home", "home"],
  ["end", "end"],
  ["return", "enter"],
  ["escape", "escape"],
  ["tab", "tab"],
  ["backspace", "backspace"],
  ["delete", "delete"],
] as const satisfies readonly (readonly [keyof Key, string])[];

const functionKeyRegex = /^F([1-9]|1[0-2])$/;

/** The name a key has in the key table: `ctrl-g`, `alt-up`, `f1`; undefined for text. */
export function keyName({ input, key }: KeyPress): string | undefined {
  if (key.eventType === "release") return undefined;
  // terminal-input.ts marks function keys so, because Ink has no field for them.
  if (key.hyper && functionKeyRegex.test(input)) return input.toLowerCase();
  if (key.super || key.hyper) return undefined;
  const named = namedKeys.find(([field]) => key[field])?.[1];
  // Pressed twice at once, Escape comes with Alt.
  if (named === "escape") return named;
  if (named !== undefined) return modified(key, key.shift, named);
  if (!(key.ctrl || key.meta) || input === "") return undefined;
  return modified(key, false, input.toLowerCase());
}

function modified(key: Key, isShift: boolean, base: string): string {
  const modifiers = [key.ctrl && "ctrl", key.meta && "alt", isShift && "shift"];
  return [...modifiers.filter((modifier) => modifier !== false), base].join("-");
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the keys looked for
const controlRegex = /([\u0000-\u001F\u007F])/;

const noKey: Key = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageDown: false,
  pageUp: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  ctrl: false,
  shift: false,
  tab: false,
  backspace: false,
  delete: false,
  meta: false,
  super: false,
  hyper: false,
  capsLock: false,
  numLock: false,
};

/**
 * The presses of one input event. Keys that arrive in one piece (fast typing, a slow line, tmux)
 * reach Ink as one string, control characters and Enter included.
 */
export function splitPresses({ input, key }: KeyPress): KeyPress[] {
  if (input.length < 2 || key.ctrl || key.meta || key.hyper || key.super) return [{ input, key }];
  const parts = input.replace(/\r\n/g, "\r").split(controlRegex);
  return parts.flatMap((part, index): KeyPress[] => {
    if (index % 2 === 1) return [controlPress(part)];
    return part === "" ? [] : [{ input: part, key: noKey }];
  });
}

const LETTER_OFFSET = 96;
const SIGN_OFFSET = 64;
const LAST_LETTER = 26;

const controlNames: ReadonlyMap<string, keyof Key> = new Map([
  ["\r", "return"],
  ["\t", "tab"],
  ["\b", "backspace"],
  ["\u007F", "backspace"],
]);

function controlPress(control: string): KeyPress {
  const name = controlNames.get(control);
  if (name !== undefined) return { input: "", key: { ...noKey, [name]: true } };
  const code = control.charCodeAt(0);
  const letter = String.fromCharCode(code + (code <= LAST_LETTER ? LETTER_OFFSET : SIGN_OFFSET));
  return { input: letter, key: { ...noKey, ctrl: true } };
}
