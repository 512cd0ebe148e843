import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { test } from "node:test";
import { limits } from "@lair-chat/protocol/limits.ts";
import { encodeTextFrame } from "@lair-chat/protocol/wire/frame.ts";
import { SmallServer } from "../../connections/test/small-server.ts";

function frame(message: object): Uint8Array {
  return encodeTextFrame(JSON.stringify(message), limits.frameBytes);
}

function prefix(length: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, length);
  return bytes;
}

/** Each piece in a packet of its own, as far as one can say. */
async function writeApart(socket: net.Socket, pieces: Iterable<Uint8Array>): Promise<void> {
  for (const piece of pieces) {
    await new Promise((resolve) => socket.write(piece, resolve));
    await new Promise(setImmediate);
  }
}

test("a request may be cut at every byte", async () => {
  await using server = await SmallServer.start();
  await using client = await server.signedIn("ann");
  const whole = frame({ type: "ping", request_id: "cut" });
  for (let at = 1; at < whole.length; at += 1) {
    await writeApart(client.socket, [whole.subarray(0, at), whole.subarray(at)]);
    await client.replyTo("cut");
  }
  await writeApart(
    client.socket,
    Array.from(whole, (byte) => Uint8Array.of(byte)),
  );
  await client.replyTo("cut");
});

test("many requests in one packet are all answered, in order for a 1.x client", async () => {
  await using server = await SmallServer.start();
  await using client = await server.signedIn("ann", []);
  const frames = Array.from({ length: 500 }, (_, index) =>
    frame({ type: "ping", request_id: `${index}` }),
  );
  client.sendBytes(Buffer.concat(frames));
  await client.replyTo("499");
  const ids = client.received.map((message) => message["request_id"]).slice(-500);
  assert.deepEqual(
    ids,
    frames.map((_, index) => `${index}`),
  );
});

const framingFaults: readonly [string, Uint8Array, string][] = [
  ["an empty frame", prefix(0), "invalid_frame"],
  ["a frame above the limit", prefix(limits.frameBytes + 1), "frame_too_large"],
  ["the largest length there is", prefix(0xff_ff_ff_ff), "frame_too_large"],
  ["another protocol", Buffer.from("GET / HTTP/1.1\r\n\r\n"), "frame_too_large"],
];
for (const [what, bytes, code] of framingFaults) {
  test(`${what} is answered with ${code} and a close`, async () => {
    await using server = await SmallServer.start();
    await using client = await server.signedIn("ann");
    client.sendBytes(bytes);
    client.sendBytes(Buffer.alloc(100_000, 65));
    await client.expects("error", (error) => error.code === code);
    await client.closed();
  });
}

test("before signing in a frame has at most 8 KiB, afterwards 1 MiB", async () => {
  await using server = await SmallServer.start();
  await using stranger = await server.connect();
  stranger.sendBytes(prefix(limits.frameBytesBeforeSignIn + 1));
  await stranger.expects("error", ({ code }) => code === "frame_too_large");
  await stranger.closed();
  await using client = await server.signedIn("ann");
  const long = { type: "ping", request_id: "long", filling: "x".repeat(1_000_000) };
  client.send(long);
  await client.replyTo("long");
});

test("a TLS client on the plaintext port gets a close and the log a hint", async () => {
  await using server = await SmallServer.start();
  const socket = net.connect(server.port, "127.0.0.1");
  socket.on("data", () => undefined).on("error", () => undefined);
  socket.write(Buffer.from("160301020001000001fc0303", "hex"));
  await once(socket, "close");
  await server.until(() =>
    server.log.some(({ fields }) => /no TLS/.test(String(Object.values(fields)))),
  );
});

test("beyond the number of connections there is a typed error and a close, until somebody leaves", async () => {
  await using server = await SmallServer.start({ limits: { maxConnections: 2 } });
  await using first = await server.signedIn("ann");
  const second = await server.connect();
  await using third = await server.connect();
  await third.expects("error", ({ code }) => code === "busy");
  await third.closed();
  await second.close();
  await server.until(() => server.admission.open === 1);
  await using fourth = await server.connect();
  await fourth.hello();
  await first.settle();
});

test("one address may have only so many connections", async () => {
  await using server = await SmallServer.start({ limits: { maxConnectionsPerAddress: 1 } });
  await using first = await server.connect();
  await first.expects("server_hello");
  await using second = await server.connect();
  await second.expects("error", ({ code }) => code === "busy");
});

test("unfinished frames of all connections together are bounded, and small ones are left alone", async () => {
  await using server = await SmallServer.start({ inboundBytes: 1024 * 1024 });
  await using modest = await server.signedIn("modest");
  const greedy = [];
  for (let count = 0; count < 4; count += 1) greedy.push(await server.signedIn(`greedy${count}`));
  const half = Buffer.concat([prefix(limits.frameBytes), Buffer.alloc(limits.frameBytes / 2)]);
  for (const client of greedy) client.sendBytes(half);
  await server.until(() => server.connections.size < 5);
  assert.ok(server.inbound.heldBytes <= 1024 * 1024);
  await writeApart(modest.socket, [prefix(1_000), Buffer.alloc(500)]);
  modest.sendBytes(Buffer.alloc(500, 32));
  await modest.expects("error", ({ code }) => code === "invalid_message");
  await modest.settle();
  for (const client of greedy) await client.close();
  await server.until(() => server.inbound.heldBytes === 0);
});

test("after five hundred connections, however they ended, everything is given back", async () => {
  await using server = await SmallServer.start();
  const onlyTheListener = 1;
  await server.until(() => openSockets() === onlyTheListener);
  const endings = [
    (socket: net.Socket) => socket.destroy(),
    (socket: net.Socket) => socket.resetAndDestroy(),
    (socket: net.Socket) => socket.end(),
    (socket: net.Socket) => socket.end(prefix(0)),
    (socket: net.Socket) => socket.end(Uint8Array.of(0, 0)),
  ];
  for (let round = 0; round < 10; round += 1) {
    const clients = await Promise.all(Array.from({ length: 50 }, () => server.connect()));
    for (const [index, client] of clients.entries()) {
      endings[index % endings.length]?.(client.socket);
    }
    await Promise.all(clients.map((client) => client.closed()));
  }
  await server.until(() => server.connections.size === 0 && server.admission.open === 0);
  await server.until(() => openSockets() === onlyTheListener);
  assert.equal(server.inbound.heldBytes, 0);
});

function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => /^(TCP|Timeout)/.test(name)).length;
}

test("an address that is taken is an error of the start", async () => {
  await using server = await SmallServer.start();
  const taken = net.createServer().listen(server.port, "127.0.0.1");
  const [error] = await once(taken, "error");
  assert.equal((error as NodeJS.ErrnoException).code, "EADDRINUSE");
});
