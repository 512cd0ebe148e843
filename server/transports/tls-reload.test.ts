import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import tls from "node:tls";
import { SmallServer } from "../connections/test/small-server.ts";
import { readCertificatePair } from "../security/certificate-pair.ts";
import {
  generateCertificateKey,
  selfSignedCertificate,
} from "../security/self-signed-certificate.ts";
import { temporaryFolder } from "../test/storage-fixture.ts";
import { WireClient } from "../test/wire-client.ts";
import { startSmallHttp } from "./test/small-http.ts";
import { TlsReload } from "./tls-reload.ts";

function makeKeys(now = new Date()) {
  const privateKey = generateCertificateKey();
  const request = { privateKey, hosts: ["localhost"], now, serialNumber: randomBytes(16) };
  const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  return { cert: selfSignedCertificate(request), key };
}

/** What a port shows to who comes now. */
async function shownOn(port: number): Promise<string> {
  const socket = tls.connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

/** Both ports with a certificate in files that are watched. */
async function start(everyMs: number) {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(temporaryFolder());
  const files = { certPath: folder.file("cert.pem"), keyPath: folder.file("key.pem") };
  const put = ({ cert, key }: { cert: string; key: string }) => {
    writeFileSync(files.certPath, cert);
    writeFileSync(files.keyPath, key);
  };
  put(makeKeys());
  const pair = readCertificatePair(files);
  const chat = stack.use(await SmallServer.start({ tls: pair }));
  const http = stack.use(await startSmallHttp({ tls: pair }));
  const said: string[] = [];
  const say = (_fields: object, text: string) => said.push(text);
  const reload = stack.use(
    new TlsReload(pair, {
      files,
      everyMs,
      now: () => Date.now(),
      log: { info: say, warn: say },
      apply(next) {
        chat.listener.setTlsKeys(next);
        http.listener.setTlsKeys(next);
      },
    }),
  );
  const shown = () => Promise.all([shownOn(chat.port), shownOn(http.listener.port)]);
  const owned = stack.move();
  return {
    ...{ files, put, chat, reload, said, shown },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const never = 3_600_000;

test("a renewed certificate is shown on both ports to who comes, and who is there stays", async () => {
  await using both = await start(never);
  const before = await both.shown();
  await using client = await WireClient.connect({ port: both.chat.port, tls: {} });
  both.put(makeKeys());
  assert.deepEqual(await both.shown(), before);
  both.reload.reload();
  const after = await both.shown();
  assert.notEqual(after[0], before[0]);
  assert.equal(after[0], after[1]);
  await client.hello();
  await client.settle();
});

test("a change of the files is noticed without a word", async () => {
  await using both = await start(20);
  const before = await both.shown();
  both.put(makeKeys());
  await both.chat.until(() => both.said.includes("another certificate is in use now"));
  assert.notDeepEqual(await both.shown(), before);
});

test("what is no good is left aside, and said; a good one afterwards is used", async () => {
  await using both = await start(never);
  const before = await both.shown();
  const good = makeKeys();
  const bad: Readonly<Record<string, () => void>> = {
    "the key of another": () => both.put({ cert: makeKeys().cert, key: makeKeys().key }),
    "half a certificate": () => both.put({ ...good, cert: good.cert.slice(0, 200) }),
    "half a key": () => both.put({ ...good, key: good.key.slice(0, 100) }),
    "one whose time is over": () => both.put(makeKeys(new Date("2010-01-01"))),
    "one whose time is to come": () => both.put(makeKeys(new Date("2100-01-01"))),
    "no files": () => rmSync(both.files.certPath),
  };
  for (const [what, put] of Object.entries(bad)) {
    put();
    both.reload.reload();
    assert.match(both.said.at(-1) ?? "", /the old one stays in use/, what);
    assert.deepEqual(await both.shown(), before, what);
  }
  assert.equal(both.said.length, Object.keys(bad).length);
  both.put(good);
  both.reload.reload();
  assert.notDeepEqual(await both.shown(), before);
});

test("nothing is done where nothing has changed", async () => {
  await using both = await start(never);
  both.reload.reload();
  assert.deepEqual(both.said, []);
});
