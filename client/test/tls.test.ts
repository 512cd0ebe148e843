import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startServerProcess } from "../../server/test/server-process.ts";
import { goodCertificate, otherCertificate } from "../connection/test/certificates.ts";
import { openKnownServers } from "../files/known-servers.ts";
import { password, registered, testClient } from "./client-fixture.ts";

const account = { username: "ann", password, email: "", setupToken: "" };
const isFingerprint = /SHA256:[A-Za-z0-9+/]{43}/g;

/** A server with a certificate that nobody has signed. */
async function secureServer() {
  const directory = await mkdtemp(join(tmpdir(), "lair-tls-"));
  const ca = join(directory, "cert.pem");
  const key = join(directory, "key.pem");
  const show = async (certificate: typeof goodCertificate) => {
    await writeFile(ca, certificate.cert);
    await writeFile(key, certificate.key, { mode: 0o600 });
  };
  await show(goodCertificate);
  const env = { LAIR_TLS_ENABLED: "true", LAIR_TLS_CERT_PATH: ca, LAIR_TLS_KEY_PATH: key };
  let server = await startServerProcess({ env });
  const accountDir = join(directory, "ann");
  return {
    ca,
    accountDir,
    show,
    plain: server,
    where: { ...server, httpUrl: server.httpUrl.replace("http:", "https:") },
    name: `127.0.0.1:${server.tcpPort}`,
    async restart() {
      server = await server.restart();
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
      await rm(server.directory, { recursive: true, force: true });
    },
  };
}

test("with a certificate both ports speak TLS, and only who trusts it gets in", async () => {
  await using server = await secureServer();
  await using stranger = await testClient(server.where);
  const refused = await stranger.app.actions.register(account);
  assert.match(refused.ok ? "" : refused.message, /cannot be trusted yet.*--ca FILE/);

  await using careless = await testClient(server.plain);
  assert.equal((await careless.app.actions.register(account)).ok, false);

  await using ann = await registered(server.where, "ann", { ca: server.ca });
  assert.equal(ann.state().me?.transport, "tls");
});

test("a certificate that the person trusts is remembered for every port, and another one is refused", async () => {
  await using server = await secureServer();
  const { where, accountDir } = server;
  const first = await testClient(where, { accountDir });
  const asked = await first.app.actions.register(account);
  assert.ok(!asked.ok && asked.unknownServer !== undefined);
  first.app.actions.trustServer(asked.unknownServer.fingerprint);
  assert.equal((await first.app.actions.register(account)).ok, true);
  await first.online();
  await first[Symbol.asyncDispose]();

  const overWeb = await testClient(where, { accountDir, websocket: true });
  assert.equal(await overWeb.app.start(), "session");
  assert.equal((await overWeb.online()).me?.transport, "tls");
  await overWeb[Symbol.asyncDispose]();

  await server.show(otherCertificate);
  await server.restart();
  for (const websocket of [false, true]) {
    await using wary = await testClient(where, { accountDir, websocket });
    assert.equal(await wary.app.start(), "session");
    const { link } = await wary.until("refused", ({ link: { state } }) => state === "signed_out");
    const reason = link.state === "signed_out" ? (link.reason ?? "") : "";
    assert.match(reason, /another certificate than the one trusted before, so nothing was sent/);
    assert.ok(reason.includes(`--forget-server ${server.name}`), reason);
    assert.equal(new Set(reason.match(isFingerprint)).size, 2);
  }

  await openKnownServers({ folder: accountDir, now: Date.now }).forget(server.name);
  await using forgetful = await testClient(where, { accountDir });
  assert.equal(await forgetful.app.start(), "session", "it was not signed out");
  await forgetful.until("to be judged", ({ link: { state } }) => state === "signed_out");
  const again = await forgetful.app.actions.signIn({ username: "ann", password });
  assert.ok(!again.ok && again.unknownServer !== undefined);
  assert.notEqual(again.unknownServer.fingerprint, asked.unknownServer.fingerprint);
});
