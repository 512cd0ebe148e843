import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { keyActions, type PressedKey } from "./keys.ts";
import { nastyText } from "./test/nasty-text.ts";

const noKey: PressedKey = {
  ctrl: false,
  shift: false,
  meta: false,
  super: false,
  hyper: false,
  return: false,
  tab: false,
  escape: false,
  backspace: false,
  delete: false,
  home: false,
  end: false,
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageUp: false,
  pageDown: false,
};

type Flag = Exclude<keyof PressedKey, "eventType">;

const press = (input: string, ...flags: Flag[]): string[] =>
  keyActions(input, { ...noKey, ...Object.fromEntries(flags.map((flag) => [flag, true])) }).map(
    (action) => ("text" in action ? `${action.type} ${JSON.stringify(action.text)}` : action.type),
  );

describe("keys", () => {
  test("with Ctrl edit as in Emacs and readline", () => {
    const expected: Record<string, string> = {
      a: "moveLineStart",
      e: "moveLineEnd",
      b: "moveLeft",
      f: "moveRight",
      w: "deleteWordBackward",
      u: "deleteToLineStart",
      k: "deleteToLineEnd",
      y: "yank",
      d: "deleteForward",
      h: "deleteBackward",
      j: "newline",
      z: "undo",
      _: "undo",
    };
    for (const [input, action] of Object.entries(expected)) {
      assert.deepEqual(press(input, "ctrl"), [action], `Ctrl-${input}`);
    }
  });

  test("with Alt go by words", () => {
    assert.deepEqual(press("b", "meta"), ["moveWordLeft"]);
    assert.deepEqual(press("F", "meta", "shift"), ["moveWordRight"]);
    assert.deepEqual(press("d", "meta"), ["deleteWordForward"]);
    assert.deepEqual(press("", "meta", "backspace"), ["deleteWordBackward"]);
    assert.deepEqual(press("", "ctrl", "leftArrow"), ["moveWordLeft"]);
    assert.deepEqual(press("", "meta", "rightArrow"), ["moveWordRight"]);
  });

  test("with names do what is printed on them", () => {
    assert.deepEqual(press("", "home"), ["moveLineStart"]);
    assert.deepEqual(press("", "end", "ctrl"), ["moveTextEnd"]);
    assert.deepEqual(press("", "upArrow"), ["moveUp"]);
    assert.deepEqual(press("", "downArrow"), ["moveDown"]);
    assert.deepEqual(press("", "delete"), ["deleteForward"]);
    assert.deepEqual(press("", "backspace", "shift"), ["deleteBackward"]);
    assert.deepEqual(press("", "tab"), ["complete"]);
  });

  test("send with Enter and break the line with any modifier or Ctrl-J", () => {
    assert.deepEqual(press("\r", "return"), ["submit"]);
    assert.deepEqual(press("\r", "return", "meta"), ["newline"]);
    assert.deepEqual(press("\r", "return", "shift"), ["newline"]);
    assert.deepEqual(press("\n"), ["newline"]);
  });

  test("arriving together are taken one by one", () => {
    assert.deepEqual(press("hello\r"), ['insert "hello"', "submit"]);
    assert.deepEqual(press("a\rb\r\nc"), [
      'insert "a"',
      "submit",
      'insert "b"',
      "submit",
      'insert "c"',
    ]);
    assert.deepEqual(press("ab\u0001c\u0017"), [
      'insert "ab"',
      "moveLineStart",
      'insert "c"',
      "deleteWordBackward",
    ]);
    assert.deepEqual(press("x\u007F"), ['insert "x"', "deleteBackward"]);
    assert.deepEqual(press("nam\t"), ['insert "nam"', "complete"]);
  });

  test("that type text insert it whole", () => {
    assert.deepEqual(press("A", "shift"), ['insert "A"']);
    assert.deepEqual(press("👩‍👩‍👧‍👦 你好"), ['insert "👩‍👩‍👧‍👦 你好"']);
    assert.deepEqual(press("[1] yes"), ['insert "[1] yes"']);
  });

  test("without a meaning here type nothing", () => {
    assert.deepEqual(press("t", "ctrl"), []);
    assert.deepEqual(press("x", "meta"), []);
    assert.deepEqual(press("c", "super"), []);
    assert.deepEqual(press("constructor", "ctrl"), []);
    assert.deepEqual(press("", "escape"), []);
    assert.deepEqual(press("", "pageUp"), []);
    assert.deepEqual(press("", "tab", "shift"), []);
    assert.deepEqual(press("[57;5~"), []);
    assert.deepEqual(press("[<0;10;5M"), []);
    assert.deepEqual(press(""), []);
    assert.deepEqual(keyActions("a", { ...noKey, eventType: "release" }), []);
  });

  test("never put a control character into the text", () => {
    fc.assert(
      fc.property(nastyText(), (input) => {
        for (const action of keyActions(input, noKey)) {
          // biome-ignore lint/suspicious/noControlCharactersInRegex: the point of the test
          if ("text" in action) assert.doesNotMatch(action.text, /[\x00-\x1F\x7F]/);
        }
      }),
    );
  });
});
