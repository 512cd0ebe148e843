import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { markFunctionKeys, terminalInput } from "./terminal-input.ts";

test("every form of a function key is marked, and nothing else is touched", () => {
  assert.equal(markFunctionKeys("\u001BOP"), "\u001B[57364;17;70:49u");
  assert.equal(markFunctionKeys("\u001B[11~"), "\u001B[57364;17;70:49u");
  assert.equal(markFunctionKeys("\u001B[[A"), "\u001B[57364;17;70:49u");
  assert.equal(markFunctionKeys("\u001B[24~"), "\u001B[57375;17;70:49:50u");
  assert.equal(markFunctionKeys("a\u001B[15~b"), "a\u001B[57368;17;70:53ub");
  for (const other of ["\u001B[A", "\u001B[5~", "\u001B[1;3B", "OP", "\u001B", "\u001B[200~"]) {
    assert.equal(markFunctionKeys(other), other);
  }
});

test("a character that arrives in two pieces stays what it was", async () => {
  const source = new PassThrough();
  using input = terminalInput(source);
  const bytes = Buffer.from("日");
  const read: Buffer[] = [];
  input.on("data", (chunk: Buffer) => read.push(chunk));
  source.write(bytes.subarray(0, 1));
  source.end(bytes.subarray(1));
  await new Promise((resolve) => input.once("end", resolve));
  assert.equal(Buffer.concat(read).toString(), "日");
});

test("once disposed, nothing more is read", () => {
  const source = new PassThrough();
  const input = terminalInput(source);
  input[Symbol.dispose]();
  assert.equal(source.listenerCount("data"), 0);
  assert.equal(source.isPaused(), true);
});
