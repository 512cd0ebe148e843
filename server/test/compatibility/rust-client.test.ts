import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatEvent, Command } from "@lair-chat/protocol/define.ts";
import { failureReply, replyType, successReply } from "@lair-chat/protocol/envelope.ts";
import { ChatError, errorInfo } from "@lair-chat/protocol/errors.ts";
import { commands, events } from "@lair-chat/protocol/registry.ts";
import { arbitraryOf } from "@lair-chat/protocol/test/arbitrary.ts";
import fc from "fast-check";
import { Type } from "typebox";
import { isKnownFrame, knownFrames, whyUnreadable } from "./rust-client-frames.ts";
import { knownBodies, whyUnreadableBody } from "./rust-client-http.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The commands that clients of 1.x have, by their replies of the common shape. */
const asked = Object.values<Command>(commands).filter(
  ({ name, reply }) => reply === "response" && `${name}_response` in knownFrames,
);

const known = Object.values<ChatEvent>(events).filter(({ name }) => isKnownFrame(name));

for (const command of asked) {
  test(`a client of 1.x reads whatever ${command.name} is declared to answer`, () => {
    const type = replyType(command, undefined) ?? "";
    const refusal = errorInfo(new ChatError("rate_limited", { retryAfter: 3 }));
    assert.equal(whyUnreadable(failureReply(type, "r1", refusal) as Fields), undefined);
    fc.assert(
      fc.property(arbitraryOf(command.result), (result) => {
        const reply = successReply(type, undefined, result as object) as Fields;
        assert.equal(whyUnreadable(reply), undefined);
      }),
      { numRuns: 50 },
    );
  });
}

for (const event of known) {
  test(`a client of 1.x reads whatever ${event.name} is declared to say`, () => {
    fc.assert(
      fc.property(arbitraryOf(event.payload), (payload) => {
        const message = { type: event.name, ...(payload as object) };
        assert.equal(whyUnreadable(message), undefined);
      }),
      { numRuns: 50 },
    );
  });
}

for (const route of Object.keys(knownBodies)) {
  test(`a client of 1.x reads whatever ${route} is declared to answer`, () => {
    const [method, path] = route.split(" ");
    const { result, http } = declaredAt(method, path);
    const body = http?.response === undefined ? result : Type.Object(http.response);
    const address = path?.replaceAll(/:\w+/g, "some-id") ?? "";
    fc.assert(
      fc.property(arbitraryOf(body), (answer) => {
        const exchange = { method: method ?? "", path: address, status: 200, body: answer };
        assert.equal(whyUnreadableBody(exchange), undefined);
      }),
      { numRuns: 50 },
    );
  });
}

function declaredAt(method: string | undefined, path: string | undefined): Command {
  const all = Object.values<Command>(commands);
  const found = all.find(({ http }) => http?.method === method && http?.path === path);
  assert(found !== undefined, `nothing is declared at ${method} ${path}`);
  return found;
}

test("what a client of 1.x does not know is declared as that, and only that", () => {
  for (const { name, unknownTo1x } of Object.values<ChatEvent>(events)) {
    assert.equal(unknownTo1x, !isKnownFrame(name), name);
  }
});

const id = "0198f000-0000-7000-8000-000000000000";
const time = "2026-01-31T12:00:00Z";

/** One of each shape, as small as it can be. */
const examples: readonly Fields[] = [
  { type: "server_hello", version: "1.0", server_name: "Lair Chat" },
  { type: "send_message_response", success: true },
  { type: "error", code: "busy", message: "Wait." },
  { type: "user_left_room", room_id: id, user_id: id, reason: "left" },
  { type: "session_expiring", session_id: id, expires_at: time },
  { type: "server_notice", message: "Cake", severity: "info" },
];

for (const example of examples) {
  test(`a client of 1.x needs every field of ${example["type"]}`, () => {
    assert.equal(whyUnreadable(example), undefined);
    for (const name of Object.keys(example)) {
      const { [name]: _, ...rest } = example;
      assert(whyUnreadable(rest) !== undefined, `nobody misses ${name}`);
      assert(whyUnreadable({ ...example, [name]: null }) !== undefined, `${name} may be null`);
      assert(whyUnreadable({ ...example, [name]: 7 }) !== undefined, `${name} may be a number`);
    }
  });
}

test("a client of 1.x reads no message that its release did not have, and no half a message", () => {
  const message = {
    id,
    author: id,
    target: { type: "dm", recipient: id },
    content: "",
    edited: false,
    created_at: time,
  };
  const received = { type: "message_received", message, author_username: "ann" };
  assert.equal(whyUnreadable(received), undefined);
  const spoilt = [
    { type: "from_the_future" },
    { ...received, message: { ...message, target: { type: "direct_message", recipient: id } } },
    { ...received, message: { ...message, created_at: "yesterday" } },
    { ...received, message: { ...message, author: "ann" } },
    { type: "get_messages_response", success: true, messages: null },
    { type: "list_rooms_response", success: true, total_count: -1 },
  ];
  for (const one of spoilt) assert(whyUnreadable(one) !== undefined, JSON.stringify(one));
  const body = { error: { code: "busy" } };
  const exchange = { method: "GET", path: "/rooms?limit=1", status: 503, body };
  assert.match(whyUnreadableBody(exchange) ?? "", /message/);
  const listed = { ...exchange, status: 200, body: { rooms: [], has_more: false } };
  assert.match(whyUnreadableBody(listed) ?? "", /total_count/);
});
