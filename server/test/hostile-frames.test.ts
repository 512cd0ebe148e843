import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { test } from "node:test";
import { errorTable } from "@lair-chat/protocol/errors.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import { hostileJson } from "../../protocol/test/corpus/hostile-json.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";
import { WireClient, type WireMessage } from "./wire-client.ts";

const frameCount = 20_000;
const atOnce = 25;

/** What a hostile client does on a connection of its own. */
type Attack = (client: WireClient) => void;

function framed(payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(4 + payload.length);
  new DataView(frame.buffer).setUint32(0, payload.length);
  frame.set(payload, 4);
  return frame;
}

function prefix(length: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, length);
  return bytes;
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

/** Messages that are fine as JSON and make no sense. */
const nonsense: readonly unknown[] = [
  {},
  { type: 7 },
  { type: null },
  { type: "" },
  { type: "toString" },
  { type: "hasOwnProperty" },
  { type: "fly_to_the_moon", request_id: "x" },
  { type: "ping", request_id: 7 },
  { type: "ping", request_id: "x".repeat(65) },
  { type: "server_hello" },
  { type: "message_received", message: {} },
  { type: "client_hello" },
  { type: "client_hello", version: "9.9" },
  { type: "client_hello", version: 1, features: "all" },
  { type: "authenticate", token: "x.y.z", request_id: "1" },
  { type: "authenticate", token: { a: 1 }, request_id: "1" },
  { type: "login", identifier: ["ann"], password: {}, request_id: "1" },
  { type: "send_message", target: null, content: 1, request_id: "1" },
  { type: "get_messages", target: { type: "room", room_id: "../../etc/passwd" }, request_id: "1" },
];

const attacks: readonly Attack[] = [
  ...hostileJson.map(
    ({ bytes }): Attack =>
      (client) =>
        client.sendBytes(framed(bytes)),
  ),
  ...nonsense.map(
    (message): Attack =>
      (client) =>
        client.sendBytes(framed(text(JSON.stringify(message)))),
  ),
  ...[0, 2 ** 32 - 1, 2 ** 31, limits.frameBytes + 1, limits.frameBytesBeforeSignIn + 1].map(
    (length): Attack =>
      (client) =>
        client.sendBytes(prefix(length)),
  ),
  // A prefix of 1 MiB and then silence.
  (client) => client.sendBytes(prefix(limits.frameBytes)),
  // Half a prefix, half a frame, and gone.
  (client) => client.sendBytes(prefix(100).subarray(0, 2)),
  (client) => client.sendBytes(framed(text('{"type":"ping"}')).subarray(0, 9)),
  // Another protocol altogether.
  (client) => client.sendBytes(text("GET / HTTP/1.1\r\nHost: x\r\n\r\n")),
  (client) => client.sendBytes(Uint8Array.of(0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00)),
];

test("twenty thousand hostile frames get a typed error or a close, and a good client beside them is served", async (t) => {
  await using server = await startServerProcess({
    env: { LAIR_MAX_CONNECTIONS_PER_ADDRESS: "1000" },
  });
  await using good = await WireClient.connect({ port: server.tcpPort });
  await good.hello();
  await good.call("register", { username: "good-client", password: "a good long password" });
  let over = false;
  const pings = pingUntil(good, () => over);
  let answers = 0;
  for (let done = 0; done < frameCount; done += atOnce) {
    const some = Array.from({ length: atOnce }, (_, index) => attack(server, done + index));
    answers += (await Promise.all(some)).reduce((sum, count) => sum + count, 0);
  }
  over = true;
  const slowest = await pings;
  t.diagnostic(
    `${frameCount} hostile frames, ${answers} typed errors; the good client's slowest ping took ${slowest.toFixed(1)} ms`,
  );
  assert.ok(answers > frameCount / 2, `${answers} were answered`);
  assert.equal((await fetch(`${server.httpUrl}/health`)).status, 200);
  assert.equal((await server.stop()).code, 0);
});

async function pingUntil(client: WireClient, over: () => boolean): Promise<number> {
  let slowest = 0;
  while (!over()) {
    const start = performance.now();
    await client.call("ping", {});
    slowest = Math.max(slowest, performance.now() - start);
  }
  return slowest;
}

/** One hostile frame on a new connection; counts the typed errors it got. */
async function attack(server: ServerProcess, number: number): Promise<number> {
  const client = await WireClient.connect({ port: server.tcpPort });
  try {
    await client.expects("server_hello");
    // Every second one has said hello before, and goes on from there.
    if (number % 2 === 1)
      client.send({ type: "client_hello", version: "1.0", features: ["client_ids"] });
    attacks[number % attacks.length]?.(client);
    // Our own end of the stream: whatever the server has to say comes before its own.
    client.socket.end();
    await client.closed();
    const replies = client.received.filter((message) => message["type"] !== "server_hello");
    for (const reply of replies) assertTyped(reply);
    return replies.length > 0 ? 1 : 0;
  } finally {
    await client.close();
  }
}

function assertTyped(reply: WireMessage): void {
  if (reply["success"] === true) return;
  const { code } = (reply["error"] ?? reply) as { code?: unknown };
  assert.ok(typeof code === "string" && Object.hasOwn(errorTable, code), JSON.stringify(reply));
}
