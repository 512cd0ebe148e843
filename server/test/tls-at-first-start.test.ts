import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import tls from "node:tls";
import {
  generateCertificateKey,
  selfSignedCertificate,
} from "../security/self-signed-certificate.ts";
import { startServerProcess } from "./server-process.ts";
import { WireClient } from "./wire-client.ts";

const env = { LAIR_TLS_ENABLED: "true" };

/** The fingerprint of the key behind a port, as a client would compute it. */
async function fingerprintOn(port: number): Promise<string> {
  const socket = tls.connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const publicKey = socket.getPeerX509Certificate()?.publicKey;
  socket.destroy();
  const bytes = publicKey?.export({ type: "spki", format: "der" }) ?? Buffer.alloc(0);
  return `SHA256:${createHash("sha256").update(bytes).digest("base64").replaceAll("=", "")}`;
}

test("at first start a certificate is made, its fingerprint is printed, and it is kept", async () => {
  await using server = await startServerProcess({ env });
  const fingerprint = await fingerprintOn(server.tcpPort);
  assert.equal(await fingerprintOn(server.httpPort), fingerprint);
  assert.ok(server.output().includes(`TLS key   ${fingerprint} (self-signed`));
  assert.equal(statSync(join(server.directory, "tls-key.pem")).mode & 0o777, 0o600);
  await using client = await WireClient.connect({
    port: server.tcpPort,
    tls: { ca: readFileSync(join(server.directory, "tls-cert.pem")), rejectUnauthorized: true },
  });
  await client.hello();
  await using again = await server.restart();
  assert.equal(await fingerprintOn(again.tcpPort), fingerprint);
});

test("SIGHUP puts a renewed certificate into use and ends nothing", {
  skip: process.platform === "win32",
}, async () => {
  await using server = await startServerProcess({ env });
  await using client = await WireClient.connect({ port: server.tcpPort, tls: {} });
  await client.hello();
  const privateKey = generateCertificateKey();
  const request = {
    privateKey,
    hosts: ["localhost"],
    now: new Date(),
    serialNumber: randomBytes(16),
  };
  writeFileSync(join(server.directory, "tls-cert.pem"), selfSignedCertificate(request));
  const pem = privateKey.export({ type: "pkcs8", format: "pem" });
  writeFileSync(join(server.directory, "tls-key.pem"), pem);
  const before = await fingerprintOn(server.tcpPort);
  process.kill(server.pid, "SIGHUP");
  const deadline = performance.now() + 10_000;
  while ((await fingerprintOn(server.tcpPort)) === before) assert.ok(performance.now() < deadline);
  assert.equal(await fingerprintOn(server.httpPort), await fingerprintOn(server.tcpPort));
  await client.settle();
  assert.equal((await server.stop()).code, 0);
});
