import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { test } from "node:test";
import type { UserId } from "@lair-chat/protocol/ids.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import type { WebSocket } from "ws";
import { openWebSocket } from "../../test/framed-websocket.ts";
import { selfSigned } from "../test/self-signed.ts";
import { startSmallWebSocket } from "./test/small-websocket-server.ts";

async function opened(webSocket: WebSocket): Promise<WebSocket> {
  await once(webSocket, "open");
  return webSocket;
}

/** The next message of this type; the server may say something before `opened` resolves. */
function typed(webSocket: WebSocket, type: string): Promise<void> {
  return new Promise((resolve) => {
    webSocket.on("message", (data: Buffer) => {
      if (JSON.parse(data.toString()).type === type) resolve();
    });
  });
}

/** Everything said until the end, and the code it ended with. */
async function conversation(webSocket: WebSocket) {
  const said: Record<string, unknown>[] = [];
  webSocket.on("message", (data: Buffer) => said.push(JSON.parse(data.toString())));
  const [code] = await once(webSocket, "close");
  return { said, code };
}

test("what works over TCP works over a WebSocket", async () => {
  await using small = await startSmallWebSocket();
  small.server.join("room", "ann");
  await using ann = await small.signedIn("ann");
  await using bob = await small.server.signedIn("bob");
  await bob.call("send_message", {
    target: { type: "room", room_id: "room" },
    content: "grüße 🐻",
  } as never);
  const event = await ann.expects("message_received");
  assert.equal(event.message.content, "grüße 🐻");
});

test("many messages written in one turn come whole and in order", async () => {
  await using small = await startSmallWebSocket();
  small.server.join("room", "ann");
  await using ann = await small.signedIn("ann");
  for (let index = 0; index < 500; index += 1) small.server.message("room", `${index}`);
  for (let index = 0; index < 500; index += 1) {
    const event = await ann.expects("message_received");
    assert.equal(event.message.content, `${index}`);
  }
});

test("requests that come in one piece are answered one by one, in order for 1.x", async () => {
  await using small = await startSmallWebSocket();
  await using ann = await small.signedIn("ann", []);
  ann.socket.cork();
  const ids = Array.from({ length: 1000 }, (_, index) =>
    ann.request("get_user", { user_id: `${index}` as UserId }),
  );
  ann.socket.uncork();
  for (const id of ids) await ann.replyTo(id);
  const replies = ann.received.filter(({ type }) => type === "get_user_response");
  assert.deepEqual(
    replies.map((reply) => reply["request_id"]),
    ids,
  );
});

test("before signing in a message is held to 8 KiB, afterwards to 1 MiB", async () => {
  await using small = await startSmallWebSocket();
  await using client = await small.connect();
  await client.hello();
  const padded = (bytes: number) => {
    const request = { type: "ping", request_id: "p", pad: "" };
    return { ...request, pad: "x".repeat(bytes - JSON.stringify(request).length) };
  };
  client.send(padded(limits.frameBytesBeforeSignIn));
  await client.expectsMessage((message) => message["request_id"] === "p");
  await using signedIn = await small.signedIn("ann");
  signedIn.send(padded(limits.frameBytes));
  await signedIn.expectsMessage((message) => message["request_id"] === "p");

  client.send(padded(limits.frameBytesBeforeSignIn + 1));
  await client.expects("error", ({ code }) => code === "frame_too_large");
  await client.closed();
  signedIn.send(padded(limits.frameBytes + 1));
  await signedIn.closed();
});

test("a message too large is not waited for, however it is cut into parts", async () => {
  await using small = await startSmallWebSocket();
  const webSocket = openWebSocket({ port: small.http.port });
  const ended = conversation(webSocket);
  await opened(webSocket);
  const timer = setInterval(() => webSocket.send("x".repeat(4000), { fin: false }), 1);
  const { said, code } = await ended;
  clearInterval(timer);
  assert.equal(said.at(-1)?.["code"], "frame_too_large");
  assert.equal(code, 1009);
  await small.server.until(() => small.server.inbound.heldBytes === 0);
});

test("binary messages are refused with a reason and code 1003", async () => {
  await using small = await startSmallWebSocket();
  const webSocket = openWebSocket({ port: small.http.port });
  const ended = conversation(webSocket);
  await opened(webSocket);
  webSocket.send(Buffer.from('{"type":"ping"}'), { binary: true });
  const { said, code } = await ended;
  assert.deepEqual(
    said.map(({ type, code: reason }) => [type, reason]),
    [
      ["server_hello", undefined],
      ["error", "unsupported"],
    ],
  );
  assert.equal(code, 1003);
});

test("an empty message is refused as an empty frame is", async () => {
  await using small = await startSmallWebSocket();
  const webSocket = openWebSocket({ port: small.http.port });
  const ended = conversation(webSocket);
  await opened(webSocket);
  webSocket.send("");
  const { said, code } = await ended;
  assert.equal(said.at(-1)?.["code"], "invalid_frame");
  assert.equal(code, 1002);
});

test("compression is not taken up when it is offered", async () => {
  await using small = await startSmallWebSocket();
  const webSocket = await opened(openWebSocket({ port: small.http.port }));
  assert.equal(webSocket.extensions, "");
  webSocket.terminate();
});

test("pings of the protocol are answered, and are a sign of life", async () => {
  await using small = await startSmallWebSocket({ limits: { sweepMs: 10, idleMs: 150 } });
  await using ann = await small.signedIn("ann");
  const webSocket = await opened(openWebSocket({ port: small.http.port, path: "/ws?token=bob" }));
  const timer = setInterval(() => webSocket.ping("x".repeat(125)), 10);
  await ann.expects("error", ({ code }) => code === "timeout");
  await ann.closed();
  for (let pongs = 0; pongs < 30; pongs += 1) await once(webSocket, "pong");
  assert.equal(webSocket.readyState, webSocket.OPEN);
  clearInterval(timer);
  webSocket.terminate();
});

test("pings between its parts do not make a message too large", async () => {
  await using small = await startSmallWebSocket();
  const webSocket = await opened(openWebSocket({ port: small.http.port }));
  const answer = typed(webSocket, "pong");
  webSocket.send('{"type":', { fin: false });
  for (let count = 0; count < 300; count += 1) {
    const pong = once(webSocket, "pong");
    webSocket.ping("x".repeat(125));
    await pong;
  }
  webSocket.send('"ping"}', { fin: true });
  await answer;
  webSocket.terminate();
});

test("bytes that are no WebSocket frames close the connection and nothing else", async () => {
  await using small = await startSmallWebSocket();
  const frames: Readonly<Record<string, number[]>> = {
    "not masked": [0x81, 0x01, 0x61],
    "reserved bits": [0xf1, 0x81, 0, 0, 0, 0, 0x61],
    "an unknown kind": [0x83, 0x80, 0, 0, 0, 0],
    "a part of nothing": [0x80, 0x80, 0, 0, 0, 0],
    "a long ping": [0x89, 0xfe, 0x01, 0x00, 0, 0, 0, 0],
    "a length of 2 MiB, and nothing of it": [0x81, 0xff, 0, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0, 0],
    "a length of 2^63": [0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    "bad UTF-8": [0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28],
  };
  for (const [what, bytes] of Object.entries(frames)) {
    const webSocket = openWebSocket({ port: small.http.port });
    const upgraded = once(webSocket, "upgrade");
    const ended = conversation(webSocket);
    const [response] = await upgraded;
    response.socket.write(Buffer.from(bytes));
    const { code } = await ended;
    assert.ok([1002, 1007, 1009].includes(code), `${what}: ${code}`);
  }
  await small.server.until(() => small.server.connections.size === 0);
  assert.equal(small.admission.open, 0);
  assert.deepEqual(
    small.server.log.filter(({ level }) => level === "error"),
    [],
  );
});

test("who does not read is cut off, and the memory is given back", async () => {
  await using small = await startSmallWebSocket({
    limits: { sweepMs: 20, outboxBytes: 64 * 1024, outboxStallMs: 60_000, closeGraceMs: 100 },
  });
  small.server.join("room", "ann");
  await using ann = await small.signedIn("ann");
  ann.stopReading();
  while (small.server.connections.size > 0) {
    small.server.message("room", "x".repeat(4000));
    await new Promise(setImmediate);
  }
  assert.equal(small.server.log.filter(({ text }) => text === "slow reader").length, 1);
});

test("whoever leaves without a word is noticed, and a farewell is answered", async () => {
  await using small = await startSmallWebSocket();
  const polite = await opened(openWebSocket({ port: small.http.port }));
  const rude = await opened(openWebSocket({ port: small.http.port }));
  await small.server.until(() => small.server.connections.size === 2);
  rude.terminate();
  polite.close(1000);
  const [code] = await once(polite, "close");
  assert.equal(code, 1000);
  await small.server.until(() => small.server.connections.size === 0);
  await small.server.until(() => small.admission.open === 0);
});

test("going down says goodbye and closes", async () => {
  await using small = await startSmallWebSocket();
  await using ann = await small.signedIn("ann");
  const drained = small.server.connections.drain(10_000);
  await ann.expects("server_notice");
  await ann.closed();
  await drained;
});

test("closing the port cuts who does not go", async () => {
  await using small = await startSmallWebSocket();
  await using ann = await small.signedIn("ann");
  await small.http.close(20);
  await ann.closed();
});

test("the WebSocket has TLS where HTTP has", async (t) => {
  const httpTls = selfSigned();
  if (httpTls === undefined) return t.skip("no openssl here");
  await using small = await startSmallWebSocket({ httpTls });
  await using ann = await small.signedIn("ann");
  await ann.settle();
});

test("a connection that is refused gets an answer of HTTP", async () => {
  await using small = await startSmallWebSocket();
  const head = (...lines: string[]) => `${lines.join("\r\n")}\r\n\r\n`;
  const upgrade = ["connection: upgrade", "upgrade: websocket"];
  const key = ["sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==", "sec-websocket-version: 13"];
  const host = "host: 127.0.0.1";
  const requests: readonly (readonly [string, string, number])[] = [
    ["no upgrade", head("GET /ws HTTP/1.1", host, "connection: close"), 404],
    [
      "elsewhere",
      head("GET /w HTTP/1.1", host, "connection: close, upgrade", "upgrade: websocket"),
      404,
    ],
    ["no key", head("GET /ws HTTP/1.1", host, ...upgrade), 400],
    [
      "an old version",
      head("GET /ws HTTP/1.1", host, ...upgrade, key[0] ?? "", "sec-websocket-version: 7"),
      400,
    ],
    ["two hosts", head("GET /ws HTTP/1.1", host, "host: evil", ...upgrade, ...key), 400],
    [
      "a foreign page",
      head("GET /ws HTTP/1.1", host, "origin: https://evil.example", ...upgrade, ...key),
      403,
    ],
    ["a hidden page", head("GET /ws HTTP/1.1", host, "origin: null", ...upgrade, ...key), 403],
  ];
  for (const [what, text, status] of requests) {
    const answer = await raw(small.http.port, text);
    assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `), what);
    assert.ok(JSON.parse(answer.split("\r\n\r\n")[1] ?? "").error.code, what);
  }
  assert.equal(small.server.connections.size, 0);
});

async function raw(port: number, text: string): Promise<string> {
  const socket = net.connect(port, "127.0.0.1");
  let answer = "";
  socket.on("data", (chunk) => {
    answer += chunk.toString();
  });
  socket.write(text);
  await once(socket, "close");
  return answer;
}
