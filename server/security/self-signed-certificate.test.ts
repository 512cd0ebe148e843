import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createPrivateKey, randomBytes, X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import tls from "node:tls";
import fc from "fast-check";
import { bitString, integer, objectId, octetString, time } from "./der.ts";
import { generateCertificateKey, selfSignedCertificate } from "./self-signed-certificate.ts";

const now = new Date("2026-11-21T10:20:30.456Z");

function make(hosts: readonly string[], serialNumber = randomBytes(16)) {
  const privateKey = generateCertificateKey();
  const cert = selfSignedCertificate({ privateKey, hosts, now, serialNumber });
  const key = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
  return { cert, key, parsed: new X509Certificate(cert) };
}

test("the certificate vouches for itself and says what it is for", () => {
  const { parsed, key } = make(["localhost", "127.0.0.1", "::1", "2001:db8::7"]);
  assert.equal(parsed.verify(parsed.publicKey), true);
  assert.equal(parsed.checkPrivateKey(createPrivateKey(key)), true);
  assert.equal(parsed.ca, false);
  assert.equal(parsed.checkHost("localhost"), "localhost");
  for (const address of ["127.0.0.1", "::1", "2001:db8::7"]) {
    assert.equal(parsed.checkIP(address), address);
  }
  assert.equal(parsed.checkHost("example.org"), undefined);
  assert.equal(parsed.checkIP("127.0.0.2"), undefined);
  assert.equal(parsed.validFromDate.toISOString(), "2026-11-20T10:20:30.000Z");
  assert.equal(parsed.validToDate.toISOString(), "2036-11-18T10:20:30.000Z");
  assert.deepEqual(parsed.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
});

test("a client that trusts the certificate gets through a TLS 1.3 handshake", async () => {
  const { cert, key } = make(["localhost"]);
  const server = tls.createServer({ cert, key, minVersion: "TLSv1.3" }, (peer) => peer.end("hi"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const socket = tls.connect({ port, host: "127.0.0.1", ca: cert, servername: "localhost" });
  const [data] = await once(socket, "data");
  assert.equal(String(data), "hi");
  assert.equal(socket.authorized, true);
  socket.destroy();
  server.close();
});

test("OpenSSL finds nothing wrong with it", (t) => {
  const { cert } = make(["localhost", "::ffff:192.0.2.1"]);
  let said = "";
  try {
    said = execFileSync("openssl", ["x509", "-noout", "-text"], { input: cert }).toString();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return t.skip("no openssl here");
    throw error;
  }
  assert.match(said, /Version: 3/);
  assert.match(said, /Basic Constraints: critical\s+CA:FALSE/);
  assert.match(said, /Key Usage: critical\s+Digital Signature/);
  assert.match(said, /DNS:localhost, IP Address:0:0:0:0:0:FFFF:C000:201/);
});

test("any serial number and any number of hosts make a certificate that is read as written", () => {
  const hosts = fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()), {
    minLength: 1,
    maxLength: 40,
  });
  const serialNumber = fc.uint8Array({ minLength: 16, maxLength: 16 });
  const privateKey = generateCertificateKey();
  fc.assert(
    fc.property(hosts, serialNumber, (names, serial) => {
      const request = { privateKey, hosts: names, now, serialNumber: Buffer.from(serial) };
      const parsed = new X509Certificate(selfSignedCertificate(request));
      assert.equal(parsed.verify(parsed.publicKey), true);
      assert.equal(parsed.serialNumber, `40${Buffer.from(serial).toString("hex").toUpperCase()}`);
      for (const name of names.filter((one) => /^[\d.]+$/.test(one))) {
        assert.equal(parsed.checkIP(name), name);
      }
      const count = parsed.subjectAltName?.split(", ").length ?? 0;
      assert.equal(count, names.length);
    }),
    { numRuns: 60 },
  );
});

const written: readonly (readonly [string, Buffer, string])[] = [
  ["zero", integer(Buffer.of(0, 0)), "020100"],
  ["127", integer(Buffer.of(0, 127)), "02017f"],
  ["128 with room for the sign", integer(Buffer.of(128)), "02020080"],
  ["an object id", objectId("1.2.840.113549"), "06062a864886f70d"],
  ["a short length", octetString(Buffer.alloc(127)), `047f${"00".repeat(127)}`],
  ["a length of one byte", octetString(Buffer.alloc(128)), `048180${"00".repeat(128)}`],
  ["a length of two bytes", octetString(Buffer.alloc(256)), `04820100${"00".repeat(256)}`],
  ["bits", bitString(Buffer.of(0x80), 7), "03020780"],
  [
    "2049",
    time(new Date("2049-12-31T23:59:59Z")),
    `170d${Buffer.from("491231235959Z").toString("hex")}`,
  ],
  [
    "2050",
    time(new Date("2050-01-01T00:00:00Z")),
    `180f${Buffer.from("20500101000000Z").toString("hex")}`,
  ],
];
for (const [what, der, hex] of written) {
  test(`DER is written as the standard has it: ${what}`, () => {
    assert.equal(der.toString("hex"), hex);
  });
}
