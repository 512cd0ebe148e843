import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Compile } from "typebox/compile";
import { readIncoming, readRequest, replyType, successReply } from "../envelope.ts";
import { ChatError, errorTable } from "../errors.ts";
import { limits } from "../limits.ts";
import { type CommandName, commands, type EventName, events } from "../registry.ts";
import { checkParams } from "../validate.ts";
import { encodeTextFrame, FrameDecoder } from "../wire/frame.ts";
import { parseJsonObject } from "../wire/parse-json.ts";
import { arbitraryOf } from "./arbitrary.ts";

const jsonLimits = { maxDepth: limits.jsonDepth, maxTokens: limits.jsonTokens };

/** Through the bytes and back. */
function overTheWire(message: object): Record<string, unknown> {
  const decoder = new FrameDecoder({ maxFrameBytes: limits.frameBytes });
  const frame = encodeTextFrame(JSON.stringify(message), limits.frameBytes);
  decoder.push(frame);
  const payload = decoder.next();
  assert.ok(payload !== undefined, "the frame came out whole");
  return parseJsonObject(payload, jsonLimits);
}

for (const [key, command] of Object.entries(commands)) {
  const name = key as CommandName;

  test(`${name} is declared under its own name, with a text and known errors`, () => {
    assert.equal(command.name, name);
    assert.ok(command.about.length > 10);
    for (const code of command.errors) assert.ok(Object.hasOwn(errorTable, code), code);
  });

  test(`a ${name} request survives the wire and its own check`, () => {
    fc.assert(
      fc.property(arbitraryOf(command.params), (params) => {
        const sent = { type: name, request_id: "r-1", ...(params as object) };
        const request = readRequest(overTheWire(sent));
        assert.equal(request.name, name);
        assert.equal(request.requestId, "r-1");
        assert.deepEqual(
          checkParams(name, request.params, "strict"),
          JSON.parse(JSON.stringify(params)),
        );
      }),
      { numRuns: 40 },
    );
  });

  test(`an unknown field of ${name} is refused by the strict check and passed over by the lenient one`, () => {
    const [params] = fc.sample(arbitraryOf(command.params), 1) as [object];
    const raw = { ...params, surprise: 1 };
    assert.throws(() => checkParams(name, raw, "strict"), ChatError);
    assert.ok(!Object.hasOwn(checkParams(name, raw, "lenient"), "surprise"));
  });

  test(`a ${name} reply survives the wire and fits its declaration`, () => {
    const type = replyType(command, "r-1");
    if (type === undefined) return;
    const validator = Compile(command.result);
    fc.assert(
      fc.property(arbitraryOf(command.result), (result) => {
        const incoming = readIncoming(overTheWire(successReply(type, "r-1", result as object)));
        assert.equal(incoming.kind, "reply");
        assert.ok(incoming.kind === "reply" && validator.Check(incoming.result));
      }),
      { numRuns: 20 },
    );
  });
}

for (const [key, event] of Object.entries(events)) {
  const name = key as EventName;

  test(`the event ${name} survives the wire and fits its declaration`, () => {
    assert.equal(event.name, name);
    const validator = Compile(event.payload);
    fc.assert(
      fc.property(arbitraryOf(event.payload), (payload) => {
        const plain = JSON.parse(JSON.stringify(payload)) as Record<string, unknown>;
        if (typeof plain["request_id"] === "string") return;
        const incoming = readIncoming(overTheWire({ ...plain, type: name }));
        assert.equal(incoming.kind, "event");
        assert.ok(validator.Check(plain));
      }),
      { numRuns: 40 },
    );
  });
}

test("no two commands share an HTTP method and path", () => {
  const routes = Object.values(commands).flatMap((command) =>
    command.http === undefined ? [] : [`${command.http.method} ${command.http.path}`],
  );
  assert.equal(new Set(routes).size, routes.length);
});

test("every parameter that a path names is declared", () => {
  for (const command of Object.values(commands)) {
    for (const [, name] of (command.http?.path ?? "").matchAll(/:(\w+)/g)) {
      assert.ok(
        name !== undefined && Object.hasOwn(command.params.properties, name),
        `${command.name}: ${name}`,
      );
    }
  }
});
