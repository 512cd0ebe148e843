import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import fc from "fast-check";
import type { LogFields } from "./log-fields.ts";
import { createLogger, type LogLevel } from "./logger.ts";

function recorded(format: "json" | "text", level: LogLevel = "debug") {
  const lines: string[] = [];
  const sink = { write: (line: string) => void lines.push(line), flush: () => undefined };
  return { log: createLogger({ level, format, sink }), lines };
}

const canary = "CANARY-7f3a";

test("a line says when, how important, what and about whom", () => {
  const { log, lines } = recorded("json");
  log.info({ userId: "u1", durationMs: 12.5, tls: true }, "signed in");
  const { time, ...line } = JSON.parse(lines[0] ?? "") as Record<string, unknown>;
  assert.match(String(time), /^\d{4}-\d\d-\d\dT/);
  assert.deepEqual(line, {
    level: "info",
    message: "signed in",
    userId: "u1",
    durationMs: 12.5,
    tls: true,
  });
});

test("what is less important than asked for is not written", () => {
  const { log, lines } = recorded("json", "warn");
  log.info({}, "no");
  log.debug({}, "no");
  log.warn({}, "yes");
  log.error({}, "yes");
  assert.equal(lines.length, 2);
});

test("fields that are not on the list are left out", () => {
  for (const format of ["json", "text"] as const) {
    const { log, lines } = recorded(format);
    const secrets = {
      password: canary,
      token: canary,
      email: canary,
      content: canary,
      body: { content: canary },
      username: canary,
      headers: { authorization: canary },
      msg: canary,
      message: canary,
    };
    log.info({ ...secrets, userId: "u1" } as LogFields, "hello");
    log.error({ userId: { nested: canary }, count: canary } as unknown as LogFields, "hello");
    assert.equal(lines.join("").includes(canary), false);
    assert.equal(lines.join("").includes("u1"), true);
  }
});

/** What other people's code throws, with what it was working on in the text. */
function leaking(): readonly unknown[] {
  const thrown = (act: () => unknown) => {
    try {
      return act();
    } catch (error) {
      return error;
    }
  };
  const query = Object.assign(new Error(`Failed query: insert\nparams: ${canary}`), {
    params: [canary],
    query: canary,
  });
  return [
    thrown(() => JSON.parse(`{"password":"${canary}`)),
    thrown(() => Buffer.from(5 as unknown as string, canary as BufferEncoding)),
    thrown(() => (canary as unknown as { x: number }).x.valueOf()),
    thrown(() => new URL(canary)),
    query,
    new Error("outer", { cause: query }),
    new Error(`line one\n    at ${canary} (file.ts:1:1)`),
    Object.assign(new Error("x"), { stack: `Error: other\n    at ${canary}` }),
    Object.assign(new Error("x"), { body: canary, headers: { authorization: canary } }),
    new AggregateError([new Error(canary)], canary),
    canary,
    { message: canary },
  ];
}

test("errors of others are written without their texts, which may hold anything", () => {
  const { log, lines } = recorded("json");
  for (const err of leaking()) log.error({ err }, "it failed");
  assert.equal(lines.length, leaking().length);
  assert.equal(lines.join("").includes(canary), false);
});

test("an error says its name, its code, its place and its cause", () => {
  const { log, lines } = recorded("json");
  const cause = Object.assign(new Error("disk"), { code: "EIO", syscall: "fsync" });
  log.error({ err: new ChatError("storage_full", { cause }) }, "it failed");
  const { err } = JSON.parse(lines[0] ?? "") as { err: Record<string, unknown> };
  assert.equal(err["name"], "ChatError");
  assert.equal(err["code"], "storage_full");
  assert.match(String(err["message"]), /disk is full/);
  assert.match(String((err["at"] as string[])[0]), /^at .*logger\.test/);
  const inner = err["cause"] as Record<string, unknown>;
  assert.equal(inner["code"], "EIO");
  assert.equal(inner["message"], "disk");
});

test("an error that is its own cause does not go on for ever", () => {
  const { log, lines } = recorded("json");
  const err = new Error("round");
  err.cause = err;
  log.error({ err }, "it failed");
  assert.equal(lines.length, 1);
});

test("only the network of an address is written", () => {
  const { log, lines } = recorded("json");
  for (const address of ["203.0.113.77", "::ffff:203.0.113.77", "2001:db8:1:2:3:4:5:77"]) {
    log.info({ address }, "connected");
  }
  const written = lines.map((line) => (JSON.parse(line) as { address: string }).address);
  assert.deepEqual(written, ["203.0.113.0", "203.0.113.0", "2001:db8:1::"]);
});

test("nothing that is logged drives a terminal or forges a line", () => {
  const hostile = fc.string({ unit: "binary", maxLength: 300 });
  for (const format of ["json", "text"] as const) {
    fc.assert(
      fc.property(hostile, hostile, (reason, message) => {
        const { log, lines } = recorded(format);
        log.warn({ reason, applied: [reason] }, message);
        assert.equal(lines.length, 1);
        assert.match(lines[0] ?? "", /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*\n$/u);
      }),
    );
  }
});

test("invisible, turning and private characters are written out", () => {
  const { log, lines } = recorded("json");
  const hidden = [
    "\u202e",
    "\u2066",
    "\u200b",
    "\u{e0041}",
    "\u2028",
    "\ue000",
    "\u009b",
    "\ufeff",
  ];
  log.info({ reason: hidden.join("") }, "x");
  const { reason } = JSON.parse(lines[0] ?? "") as { reason: string };
  assert.equal(reason, hidden.map((one) => `\\u{${one.codePointAt(0)?.toString(16)}}`).join(""));
});

test("a person reads time, level, text and fields", () => {
  const { log, lines } = recorded("text");
  log.info({ tcpPort: 8080, reason: "two words" }, "listening");
  assert.match(
    lines[0] ?? "",
    /^\d\d:\d\d:\d\d info {2}listening reason="two words" tcpPort=8080\n$/,
  );
});

test("a long text is cut", () => {
  const { log, lines } = recorded("json");
  log.info({ reason: "x".repeat(100_000) }, "long");
  assert.ok((lines[0] ?? "").length < 1000);
});
