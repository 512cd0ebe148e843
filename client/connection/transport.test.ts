import assert from "node:assert/strict";
import { test } from "node:test";
import { ConnectionError, type ConnectionErrorKind } from "./connection-error.ts";
import { openTcp } from "./tcp-transport.ts";
import { expiredCertificate, goodCertificate, otherCertificate } from "./test/certificates.ts";
import { scriptedServer } from "./test/scripted-server.ts";
import { noise, tls, trustOf } from "./test/trusting.ts";
import type { Transport } from "./transport.ts";

const isKind = (kind: ConnectionErrorKind) => (error: ConnectionError) => {
  assert.equal(error.kind, kind, error.message);
  assert.doesNotMatch(error.message, /undefined|Error:|\n/);
  return true;
};

/** Why the transport closes, and the payloads before that. */
function outcomeOf(transport: Transport): Promise<{ reason: ConnectionError; heard: string[] }> {
  const heard: string[] = [];
  return new Promise((resolve) => {
    transport.listen({
      onPayload: (payload) => heard.push(new TextDecoder().decode(payload)),
      onClose: (reason) => resolve({ reason, heard }),
    });
  });
}

test("nothing listening is said to be so", async () => {
  const server = await scriptedServer(() => undefined);
  await server[Symbol.asyncDispose]();
  await assert.rejects(openTcp(server.address, await noise()), isKind("refused"));
});

test("a host that does not exist is said not to", async () => {
  const address = { host: "nowhere.invalid", port: 1 };
  await assert.rejects(openTcp(address, await noise()), isKind("host_not_found"));
});

test("frames go both ways, however they are cut", async () => {
  await using server = await scriptedServer(async (peer) => {
    const said = await peer.hears();
    const bytes = new TextEncoder().encode(JSON.stringify(said));
    const frame = new Uint8Array([0, 0, 0, bytes.length, ...bytes]);
    for (const byte of frame) peer.socket.write(new Uint8Array([byte]));
    peer.socket.end();
  });
  const transport = await openTcp(server.address, await noise());
  const outcome = outcomeOf(transport);
  assert.ok(transport.protection.kind === "noise");
  transport.protection.sendOpen(new TextEncoder().encode('{"type":"ping"}'));
  const { heard, reason } = await outcome;
  assert.deepEqual(heard, ['{"type":"ping"}']);
  assert.equal(reason.kind, "closed");
});

const foreign: [string, string, ConnectionErrorKind][] = [
  ["an HTTP server", "HTTP/1.1 400 Bad Request\r\n\r\n", "wrong_http_port"],
  ["a TLS alert", "\u0015\u0003\u0001\u0000\u0002\u0002\u0046", "wants_tls"],
  ["another protocol", "SSH-2.0-OpenSSH_9.9\r\n", "not_chat"],
];

for (const [who, words, kind] of foreign) {
  test(`${who} in place of the chat server is told apart by its first bytes`, async () => {
    await using server = await scriptedServer((peer) => {
      peer.socket.write(Buffer.from(words, "latin1"));
    });
    const { reason } = await outcomeOf(await openTcp(server.address, await noise()));
    isKind(kind)(reason);
  });
}

test("a frame of nothing, and one that is too large, end the connection", async () => {
  for (const bytes of [
    [0, 0, 0, 2, 123, 125, 0, 0, 0, 0],
    [0, 0, 0, 2, 123, 125, 0xff, 0, 0, 0],
  ]) {
    await using server = await scriptedServer((peer) => {
      peer.socket.write(new Uint8Array(bytes.slice(0, 6)), () => {
        setImmediate(() => peer.socket.write(new Uint8Array(bytes.slice(6))));
      });
    });
    const { reason } = await outcomeOf(await openTcp(server.address, await noise()));
    assert.ok(reason.kind === "broken_protocol" || reason.kind === "not_chat", reason.kind);
  }
});

test("a truncated frame is a closed connection and nothing more", async () => {
  await using server = await scriptedServer((peer) => {
    peer.socket.end(new Uint8Array([0, 0, 1, 0, 123]));
  });
  const { reason, heard } = await outcomeOf(await openTcp(server.address, await noise()));
  assert.equal(reason.kind, "closed");
  assert.deepEqual(heard, []);
});

test("a silent HTTP port is found out over a second connection", async () => {
  await using server = await scriptedServer((peer) => {
    peer.socket.removeAllListeners("data");
    peer.socket.once("data", () => peer.socket.end("HTTP/1.1 404 Not Found\r\n\r\n"));
  });
  const transport = await openTcp(server.address, await noise(), { probeAfterMs: 1 });
  const { reason } = await outcomeOf(transport);
  isKind("wrong_http_port")(reason);
  assert.equal(server.connections, 2);
});

test("a TLS port that is spoken to without TLS is found out", async () => {
  await using server = await scriptedServer(() => undefined, { tls: goodCertificate });
  const transport = await openTcp(server.address, await noise(), { probeAfterMs: 1 });
  const { reason } = await outcomeOf(transport);
  isKind("hangs_up")(reason);
});

test("a plaintext port that is spoken to with TLS is found out", async () => {
  await using server = await scriptedServer((peer) => peer.hello());
  await assert.rejects(openTcp(server.address, tls()), isKind("without_tls"));
});

test("a port that never finishes the handshake is given up", async () => {
  await using server = await scriptedServer((peer) => void peer.socket.pause());
  const patience = { timeoutMs: 50 };
  await assert.rejects(openTcp(server.address, tls(), patience), isKind("timed_out"));
});

const distrusted: [string, typeof goodCertificate, RegExp][] = [
  ["a certificate that ran out", expiredCertificate, /expired/],
  ["a certificate of another name", otherCertificate, /another name/],
];

for (const [what, certificate, words] of distrusted) {
  test(`${what} is refused, with what to do`, async () => {
    await using server = await scriptedServer((peer) => peer.hello(), { tls: certificate });
    const trusting = tls(certificate.cert);
    await assert.rejects(openTcp(server.address, trusting), (error: ConnectionError) => {
      assert.match(error.message, words);
      return isKind("certificate")(error);
    });
  });
}

test("a certificate given with --ca is believed, and any with --insecure", async () => {
  const protections = [
    tls(goodCertificate.cert),
    tls(undefined, trustOf({ takesCertificate: true })),
  ];
  for (const protection of protections) {
    await using server = await scriptedServer(
      (peer) => {
        peer.say({ type: "hi" });
        peer.socket.end();
      },
      { tls: goodCertificate },
    );
    const transport = await openTcp(server.address, protection);
    assert.equal(transport.protection.kind, "tls");
    assert.deepEqual((await outcomeOf(transport)).heard, ['{"type":"hi"}']);
  }
});

test("over a channel that is not sealed yet nothing can be sent by mistake", async () => {
  await using server = await scriptedServer(() => undefined);
  const transport = await openTcp(server.address, await noise());
  assert.throws(() => transport.send('{"type":"authenticate"}'), /before the channel is sealed/);
  transport.close(new ConnectionError("stopped", ""));
});

test("a server with nothing newer than TLS 1.2 is refused", async () => {
  const old = { ...goodCertificate, maxVersion: "TLSv1.2" } as const;
  await using server = await scriptedServer((peer) => peer.hello(), { tls: old });
  const opening = openTcp(server.address, tls(goodCertificate.cert));
  await assert.rejects(opening, isKind("incompatible"));
});

test("connecting can be called off", async () => {
  await using server = await scriptedServer((peer) => void peer.socket.pause());
  const stop = new AbortController();
  const opening = openTcp(server.address, tls(), { signal: stop.signal });
  stop.abort();
  await assert.rejects(opening, isKind("stopped"));
});
