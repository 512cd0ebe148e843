import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import { guardConsole } from "./console-guard.ts";

const method = () => {};

function fakes() {
  const target = {
    log: method,
    info: method,
    warn: method,
    error: method,
    debug: method,
    trace: method,
  };
  const processEvents = new EventEmitter() as unknown as NodeJS.Process;
  return { target, processEvents };
}

test("what libraries log is kept, checked, and bounded", () => {
  const { target, processEvents } = fakes();
  using guard = guardConsole(target, processEvents);
  (target.log as (...parts: unknown[]) => void)("a\u001B]52;c;eA==\u0007", 1);
  assert.deepEqual(guard.lines, ["a␛]52;c;eA==␇ 1"]);
  for (let line = 0; line < 60; line += 1) {
    (target.error as (...parts: unknown[]) => void)(`line ${line}`);
  }
  assert.equal(guard.lines.length, 50);
  assert.equal(guard.lines.at(-1), "line 59");
});

test("warnings of Node are kept from the screen too, and everything is put back at the end", () => {
  const { target, processEvents } = fakes();
  const printed: unknown[] = [];
  processEvents.on("warning", (warning) => printed.push(warning));
  const guard = guardConsole(target, processEvents);
  processEvents.emit("warning", new Error("careful"));
  assert.deepEqual(guard.lines, ["Error: careful"]);
  assert.deepEqual(printed, []);
  guard[Symbol.dispose]();
  assert.equal(target.log, method);
  processEvents.emit("warning", new Error("again"));
  assert.equal(printed.length, 1);
});
