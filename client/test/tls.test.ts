import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startServerProcess } from "../../server/test/server-process.ts";
import { goodCertificate } from "../connection/test/certificates.ts";
import { password, registered, testClient } from "./client-fixture.ts";

const account = { username: "ann", password, email: "", setupToken: "" };

test("with a certificate both ports speak TLS, and only who trusts it gets in", async () => {
  const directory = await mkdtemp(join(tmpdir(), "lair-tls-"));
  const ca = join(directory, "cert.pem");
  const key = join(directory, "key.pem");
  await writeFile(ca, goodCertificate.cert);
  await writeFile(key, goodCertificate.key, { mode: 0o600 });
  const env = { LAIR_TLS_ENABLED: "true", LAIR_TLS_CERT_PATH: ca, LAIR_TLS_KEY_PATH: key };
  await using server = await startServerProcess({ env });
  const secure = { ...server, httpUrl: server.httpUrl.replace("http:", "https:") };

  await using stranger = await testClient(secure);
  const refused = await stranger.app.actions.register(account);
  assert.match(refused.ok ? "" : refused.message, /cannot be trusted.*--ca FILE/);

  await using careless = await testClient(server);
  assert.equal((await careless.app.actions.register(account)).ok, false);

  await using ann = await registered(secure, "ann", { ca });
  assert.equal(ann.state().me?.transport, "tls");
  await rm(directory, { recursive: true });
});
