import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { test } from "node:test";
import { certificateFingerprint } from "./certificate-fingerprint.ts";
import type { ConnectionError, ConnectionErrorKind } from "./connection-error.ts";
import type { ServerTrust } from "./server-trust.ts";
import { openTcp } from "./tcp-transport.ts";
import { expiredCertificate, goodCertificate, otherCertificate } from "./test/certificates.ts";
import { type ScriptedServer, scriptedServer } from "./test/scripted-server.ts";
import { rememberedServers, server, tls, trustOf } from "./test/trusting.ts";

const fingerprintOf = ({ cert }: typeof goodCertificate): string =>
  certificateFingerprint(new X509Certificate(cert).publicKey);
const good = fingerprintOf(goodCertificate);
const other = fingerprintOf(otherCertificate);

/** A server that notes down whatever is said to it. */
async function listening(certificate = goodCertificate) {
  const heard: Buffer[] = [];
  const chat: ScriptedServer = await scriptedServer(
    ({ socket }) => void socket.on("data", (bytes: Buffer) => heard.push(bytes)),
    { tls: certificate },
  );
  return { chat, heard, [Symbol.asyncDispose]: () => chat[Symbol.asyncDispose]() };
}

async function shakeHands(chat: ScriptedServer, trust: ServerTrust, ca?: string): Promise<void> {
  const transport = await openTcp(chat.address, tls(ca, trust));
  transport.listen({ onPayload: () => undefined, onClose: () => undefined });
  transport.close(new Error("done") as ConnectionError);
}

const refused =
  (kind: ConnectionErrorKind, ...words: string[]) =>
  (error: ConnectionError) => {
    assert.equal(error.kind, kind, error.message);
    for (const word of words) assert.ok(error.message.includes(word), error.message);
    return true;
  };

test("a certificate that nobody has signed is refused with its fingerprint until the person trusts it", async () => {
  await using far = await listening();
  const pins = rememberedServers();
  const trust = trustOf({ pins });
  for (const _ of [1, 2]) {
    await assert.rejects(
      shakeHands(far.chat, trust),
      refused("unknown_certificate", good, `--trust-fingerprint ${good}`, "--ca FILE"),
    );
  }
  assert.equal(pins.known.size, 0);
  trust.accept(good);
  await shakeHands(far.chat, trust);
  assert.deepEqual(pins.known.get(server), { certificate: good });
  await shakeHands(far.chat, trustOf({ pins }));
});

test("what was accepted for one fingerprint is worth nothing for another", async () => {
  await using far = await listening();
  const trust = trustOf();
  trust.accept(other);
  await assert.rejects(shakeHands(far.chat, trust), refused("unknown_certificate"));
});

test("a fingerprint given at the start is trusted, and no other then, signed or not", async () => {
  const given = { noiseKey: undefined, fingerprint: good };
  await using far = await listening();
  const pins = rememberedServers();
  await shakeHands(far.chat, trustOf({ given, pins }));
  assert.deepEqual(pins.known.get(server), { certificate: good });
  const wrong = { noiseKey: undefined, fingerprint: other };
  await assert.rejects(
    shakeHands(far.chat, trustOf({ given: wrong })),
    refused("other_fingerprint", good),
  );
  await assert.rejects(
    shakeHands(far.chat, trustOf({ given: wrong }), goodCertificate.cert),
    refused("other_fingerprint", good),
  );
});

test("another certificate than the trusted one is refused before a byte is sent, with both fingerprints", async () => {
  const pins = rememberedServers([server, { certificate: other }]);
  const trust = trustOf({ pins });
  await using far = await listening();
  for (const _ of [1, 2]) {
    await assert.rejects(
      shakeHands(far.chat, trust),
      refused("certificate_changed", good, other, `--forget-server ${server}`),
    );
  }
  trust.accept(good);
  await assert.rejects(shakeHands(far.chat, trust), refused("certificate_changed"));
  assert.deepEqual(far.heard, []);
  assert.deepEqual(pins.known.get(server), { certificate: other });
});

test("neither time nor name matter to a key that is known", async () => {
  for (const certificate of [expiredCertificate, otherCertificate]) {
    const fingerprint = fingerprintOf(certificate);
    await using far = await listening(certificate);
    const pins = rememberedServers([server, { certificate: fingerprint }]);
    await shakeHands(far.chat, trustOf({ pins }));
  }
});

test("one that has run out is not offered for trust, but may be trusted by its fingerprint", async () => {
  await using far = await listening(expiredCertificate);
  await assert.rejects(
    shakeHands(far.chat, trustOf(), expiredCertificate.cert),
    refused("certificate", "expired"),
  );
  const given = { noiseKey: undefined, fingerprint: fingerprintOf(expiredCertificate) };
  await shakeHands(far.chat, trustOf({ given }));
});

test("a certificate that an authority vouches for is not remembered, and needs not be", async () => {
  await using far = await listening();
  const pins = rememberedServers();
  await shakeHands(far.chat, trustOf({ pins }), goodCertificate.cert);
  assert.equal(pins.known.size, 0);
  const before = rememberedServers([server, { certificate: other }]);
  await shakeHands(far.chat, trustOf({ pins: before }), goodCertificate.cert);
});
