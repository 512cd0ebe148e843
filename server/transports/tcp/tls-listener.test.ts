import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { test } from "node:test";
import type tls from "node:tls";
import { SmallServer } from "../../connections/test/small-server.ts";
import { WireClient } from "../../test/wire-client.ts";
import { selfSigned } from "../test/self-signed.ts";

const keys = selfSigned();
const skip = keys === undefined ? "openssl is not installed" : false;

test("over TLS everything is as without, and the certificate holds for the address", {
  skip,
}, async () => {
  await using server = await SmallServer.start({ tls: keys });
  server.join("room", "ann");
  await using client = await WireClient.connect({
    port: server.port,
    tls: { rejectUnauthorized: true, ca: keys?.cert },
  });
  await client.hello();
  await client.call("authenticate", { token: "ann" });
  assert.equal((client.socket as tls.TLSSocket).getProtocol(), "TLSv1.3");
  server.message("room", "x".repeat(500_000));
  await client.expects("message_received");
  client.socket.end();
  await client.closed();
  await server.until(() => server.admission.open === 0);
});

test("over TLS a client that ends its side is still answered", { skip }, async () => {
  await using server = await SmallServer.start({ tls: keys });
  await using client = await WireClient.connect({ port: server.port, tls: {} });
  await client.hello();
  await client.call("authenticate", { token: "ann" });
  client.send({ type: "send_message", request_id: "last", target: {}, content: "bye" });
  client.socket.end();
  await client.replyTo("last");
  await client.closed();
});

test("a reader of a TLS connection that stops is cut off with a reason", { skip }, async () => {
  await using server = await SmallServer.start({ tls: keys });
  server.join("room", "slow");
  await using slow = await WireClient.connect({ port: server.port, tls: {} });
  await slow.hello();
  await slow.call("authenticate", { token: "slow" });
  slow.stopReading();
  for (let sent = 0; server.hub.onlineUsers().size > 0; sent += 1) {
    assert.ok(sent < 3_000, "the slow reader was never given up");
    server.message("room", "x".repeat(64 * 1024));
    await new Promise(setImmediate);
  }
  slow.startReading();
  await slow.expects("error", ({ code }) => code === "slow_consumer");
  await slow.closed();
});

test("TLS 1.2 is refused", { skip }, async () => {
  await using server = await SmallServer.start({ tls: keys });
  const old = { port: server.port, tls: { maxVersion: "TLSv1.2" } } as const;
  await assert.rejects(WireClient.connect(old), /alert protocol version/);
  await server.until(() => server.admission.open === 0);
});

test("plaintext on the TLS port is closed and logged, and takes nothing with it", {
  skip,
}, async () => {
  await using server = await SmallServer.start({ tls: keys });
  const said = ["GET / HTTP/1.1\r\n\r\n", '\0\0\0\x10{"type":"ping"}', "\xff".repeat(5000)];
  for (const bytes of said) {
    const socket = net.connect(server.port, "127.0.0.1");
    socket.on("data", () => undefined).on("error", () => undefined);
    socket.write(bytes);
    await once(socket, "close");
  }
  assert.ok(server.log.some(({ text }) => text === "a TLS handshake failed"));
  await using client = await WireClient.connect({ port: server.port, tls: {} });
  await client.hello();
  await client.call("authenticate", { token: "ann" });
});

test("unfinished handshakes count as connections, and are given back", { skip }, async () => {
  await using server = await SmallServer.start({ tls: keys, limits: { maxConnections: 3 } });
  const silent = Array.from({ length: 3 }, () => net.connect(server.port, "127.0.0.1"));
  await server.until(() => server.admission.open === 3);
  await assert.rejects(WireClient.connect({ port: server.port, tls: {} }));
  for (const socket of silent) socket.destroy();
  await server.until(() => server.admission.open === 0);
  await using client = await WireClient.connect({ port: server.port, tls: {} });
  await client.expects("server_hello");
});

test("a hundred TLS connections leave nothing behind", { skip }, async () => {
  await using server = await SmallServer.start({ tls: keys });
  for (let round = 0; round < 4; round += 1) {
    const clients = await Promise.all(
      Array.from({ length: 25 }, () => WireClient.connect({ port: server.port, tls: {} })),
    );
    for (const [index, client] of clients.entries()) {
      if (index % 2 === 0) client.socket.destroy();
      else client.socket.end();
    }
    await Promise.all(clients.map((client) => client.closed()));
  }
  await server.until(() => server.admission.open === 0 && server.connections.size === 0);
});
