import assert from "node:assert/strict";
import { test } from "node:test";
import type { Key } from "ink";
import { keyActions } from "../text/keys.ts";
import { keyName, splitPresses } from "./key-names.ts";
import { actionFor, footerKeys, type KeyScope, keymap } from "./keymap.ts";

const noKey = splitPresses({ input: "ab", key: {} as Key })[0]?.key as Key;
const scopes: readonly KeyScope[] = ["login", "chat", "dialog"];
const bindings = Object.entries(keymap);

const pressed = (input: string, given: Partial<Key> = {}) => ({
  input,
  key: { ...noKey, ...given },
});

test("no key means two things in one part of the screen", () => {
  for (const scope of scopes) {
    const here = bindings.filter(([, binding]) =>
      (binding.in as readonly string[]).includes(scope),
    );
    const keys = here.flatMap(([, binding]) => [...binding.keys]);
    assert.deepEqual(keys, [...new Set(keys)], scope);
  }
});

test("every action has a key that all terminals send", () => {
  const universal = /^(ctrl-[a-z]|f[1-9]|escape|enter|tab|page(up|down)|up|down|alt-.|shift-tab)$/;
  for (const [action, { keys }] of bindings) {
    assert.ok(
      keys.some((key) => universal.test(key)),
      action,
    );
  }
});

test("no key is taken that a terminal cannot tell from another, or may keep for itself", () => {
  const taken = bindings.flatMap(([, { keys }]) => [...keys] as string[]);
  for (const key of ["ctrl-s", "ctrl-i", "ctrl-m", "ctrl-h", "ctrl-[", "ctrl-j"]) {
    assert.ok(!taken.includes(key), key);
  }
});

test("no key of the chat takes one away from the editor", () => {
  for (const letter of "abcdefghijklmnopqrstuvwxyz") {
    if (actionFor("chat", `ctrl-${letter}`) === undefined) continue;
    assert.deepEqual(keyActions(letter, { ...noKey, ctrl: true }), [], letter);
  }
});

test("a key has one name however the terminal sends it", () => {
  assert.equal(keyName(pressed("g", { ctrl: true })), "ctrl-g");
  assert.equal(keyName(pressed("", { upArrow: true, meta: true })), "alt-up");
  assert.equal(keyName(pressed("", { tab: true, shift: true })), "shift-tab");
  assert.equal(keyName(pressed("A", { meta: true, shift: true })), "alt-a");
  assert.equal(keyName(pressed("F5", { hyper: true })), "f5");
  assert.equal(keyName(pressed("", { escape: true, meta: true })), "escape");
  assert.equal(keyName(pressed("g")), undefined);
  assert.equal(keyName(pressed("F5")), undefined);
  assert.equal(keyName(pressed("g", { ctrl: true, eventType: "release" })), undefined);
});

test("keys that arrive in one piece are taken apart, and text stays whole", () => {
  const names = splitPresses(pressed("hi\u000E\r\n\u0007there\t")).map(
    (press) => keyName(press) ?? press.input,
  );
  assert.deepEqual(names, ["hi", "ctrl-n", "enter", "ctrl-g", "there", "tab"]);
});

test("the footer of each part shows how to get help and how to quit", () => {
  for (const scope of scopes) {
    const labels = footerKeys(scope).map(({ label }) => label);
    assert.ok(labels.includes("help") && labels.includes("quit"), scope);
  }
});
