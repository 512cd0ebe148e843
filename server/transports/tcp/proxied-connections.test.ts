import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { test } from "node:test";
import tls from "node:tls";
import type { Call } from "../../commands/handler.ts";
import { SmallServer, type SmallServerOptions } from "../../connections/test/small-server.ts";
import { WireClient } from "../../test/wire-client.ts";
import { selfSigned } from "../test/self-signed.ts";

const handlers = {
  get_user: ({ address }: Call) => ({ user: { address } }),
};

function start(options: SmallServerOptions = {}): Promise<SmallServer> {
  return SmallServer.start({ handlers, isProxy: (address) => address === "127.0.0.1", ...options });
}

/** A client behind a proxy that says this first. */
async function behindProxy(server: SmallServer, ...pieces: readonly (string | Buffer)[]) {
  const socket = net.connect(server.port, "127.0.0.1");
  socket.setNoDelay(true);
  await once(socket, "connect");
  for (const piece of pieces) {
    await new Promise((resolve) => socket.write(piece, resolve));
  }
  return socket;
}

async function addressSeen(client: WireClient): Promise<unknown> {
  await client.hello();
  await client.call("authenticate", { token: "ann" });
  const { user } = await client.call("get_user", { user_id: "x" as never });
  return (user as { address?: unknown }).address;
}

const line = "PROXY TCP4 198.51.100.7 192.0.2.1 4660 8080\r\n";

test("a proxy's word for the client's address is taken", async () => {
  await using server = await start();
  await using client = WireClient.on(await behindProxy(server, line));
  assert.equal(await addressSeen(client), "198.51.100.7");
});

test("the header may come in pieces, and with the first frame behind it", async () => {
  await using server = await start();
  await using pieces = WireClient.on(await behindProxy(server, ...line));
  assert.equal(await addressSeen(pieces), "198.51.100.7");
  const hello = Buffer.from(JSON.stringify({ type: "client_hello", version: "1.0" }));
  const length = Buffer.from([0, 0, 0, hello.length]);
  const ping = Buffer.concat([Buffer.from([0, 0, 0, 15]), Buffer.from('{"type":"ping"}')]);
  const all = Buffer.concat([Buffer.from(line), length, hello, ping]);
  await using joined = WireClient.on(await behindProxy(server, all));
  await joined.expectsMessage(({ type }) => type === "pong");
});

test("a proxy that speaks for itself is served under its own address", async () => {
  await using server = await start();
  const local = Buffer.from("0d0a0d0a000d0a515549540a20000000", "hex");
  await using client = WireClient.on(await behindProxy(server, local));
  assert.equal(await addressSeen(client), "127.0.0.1");
});

test("with TLS the header stands before the handshake", async (t) => {
  const keys = selfSigned();
  if (keys === undefined) return t.skip("no openssl here");
  await using server = await start({ tls: keys });
  for (const pieces of [[line], [...line]]) {
    const bare = await behindProxy(server, ...pieces);
    const secure = tls.connect({ socket: bare, rejectUnauthorized: false });
    await once(secure, "secureConnect");
    await using client = WireClient.on(secure);
    assert.equal(await addressSeen(client), "198.51.100.7");
  }
  await server.until(() => server.admission.open === 0);
});

test("whoever is no proxy of ours is not asked for a header, and not believed with one", async () => {
  await using server = await start({ isProxy: (address) => address === "192.0.2.99" });
  await using direct = await server.connect();
  assert.equal(await addressSeen(direct), "127.0.0.1");
  await using liar = WireClient.on(await behindProxy(server, line));
  await liar.expects("error", ({ code }) => code === "frame_too_large");
  await liar.closed();
});

test("a proxy that sends no header is cut off, and nobody hears from us", async () => {
  await using server = await start();
  const frame = Buffer.concat([Buffer.from([0, 0, 0, 2]), Buffer.from("{}")]);
  for (const bytes of [frame, "GET / HTTP/1.1\r\n\r\n", line.replace("TCP4", "TCP9")]) {
    const client = WireClient.on(await behindProxy(server, bytes));
    await client.closed();
    assert.deepEqual(client.received, []);
  }
  await server.until(() => server.admission.open === 0);
  assert.equal(server.log.filter(({ text }) => text.includes("no good PROXY header")).length, 3);
});

test("a proxy that leaves in the middle of its header is forgotten", async () => {
  await using server = await start();
  const ending = await behindProxy(server, "PROXY TCP4 198.");
  ending.end();
  const broken = await behindProxy(server, "PROXY TCP4 198.");
  await server.until(() => server.admission.open > 0);
  broken.resetAndDestroy();
  await server.until(() => server.admission.open === 0);
});

test("a header that does not come is waited for only so long", { timeout: 20_000 }, async () => {
  await using server = await start();
  const client = WireClient.on(await behindProxy(server, "PROXY "));
  await client.closed(15_000);
  await server.until(() => server.admission.open === 0);
});

test("clients behind one proxy are counted each by its own address", async () => {
  await using server = await start({ limits: { maxConnectionsPerAddress: 2 } });
  const from = (address: string) =>
    behindProxy(server, line.replace("198.51.100.7", address)).then(WireClient.on);
  await using first = await from("198.51.100.1");
  await using second = await from("198.51.100.1");
  await using other = await from("198.51.100.2");
  for (const client of [first, second, other]) await client.expects("server_hello");
  await using third = await from("198.51.100.1");
  const error = await third.expects("error");
  assert.equal(error.code, "busy");
  await third.closed();
  await first.close();
  await server.until(() => server.admission.open === 2);
  await using again = await from("198.51.100.1");
  await again.expects("server_hello");
});
