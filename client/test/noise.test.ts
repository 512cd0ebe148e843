import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startServerProcess } from "../../server/test/server-process.ts";
import { tamperingRoad } from "../connection/test/tampering-road.ts";
import { registered, testClient } from "./client-fixture.ts";

/** Nobody listens there: what needs HTTP fails. */
const nowhere = "http://127.0.0.1:1";

async function accountFolder() {
  const path = await mkdtemp(join(tmpdir(), "lair-client-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

const inFolder = (folder: { path: string }, server: { tcpPort: number }) =>
  join(folder.path, `127.0.0.1-${server.tcpPort}`, "session-ann.json");

test("without TLS no password, token or message is ever seen on the way, and HTTP is not needed", async () => {
  await using folder = await accountFolder();
  await using server = await startServerProcess();
  await using road = await tamperingRoad(server.tcpPort);
  const where = { httpUrl: nowhere, tcpPort: road.address.port };
  await using ann = await registered(where, "ann", { accountDir: folder.path });
  assert.equal(ann.state().me?.transport, "noise");
  const made = await ann.app.actions.createRoom({
    name: "canary-room",
    description: "",
    isPrivate: false,
  });
  assert.ok(made.ok);
  await ann[Symbol.asyncDispose]();
  const file = await readFile(inFolder(folder, where), "utf8");
  const { refreshToken } = JSON.parse(file) as { refreshToken: string };
  await using again = await testClient(where, { accountDir: folder.path });
  assert.equal(await again.app.start(), "session");
  await again.online();
  const seen = Buffer.concat([...road.fromClient, ...road.fromServer]).toString("latin1");
  for (const secret of ["correct horse", refreshToken, "canary-room", "authenticate", "ann"]) {
    assert.ok(!seen.includes(secret), secret);
  }
  assert.ok(seen.includes("client_hello"));
});

test("a server with another key is another server, until the person forgets the old one", async () => {
  await using folder = await accountFolder();
  await using server = await startServerProcess();
  const ann = await registered(server, "ann", { accountDir: folder.path });
  await ann[Symbol.asyncDispose]();
  await server.stop();
  await using other = await startServerProcess({
    tcpPort: server.tcpPort,
    httpPort: server.httpPort,
  });
  await using wary = await testClient(other, { accountDir: folder.path });
  assert.equal(await wary.app.start(), "session");
  const { link } = await wary.until("refused", ({ link: { state } }) => state === "signed_out");
  const reason = link.state === "signed_out" ? (link.reason ?? "") : "";
  assert.match(reason, /another key than the one trusted before, so nothing was sent/);
  assert.ok(reason.includes(`--forget-server 127.0.0.1:${server.tcpPort}`), reason);
});

test("who chats over the HTTP address meets the others", async () => {
  await using server = await startServerProcess();
  await using ann = await registered(server, "ann", { websocket: true });
  await using bob = await registered(server, "bob");
  assert.deepEqual(
    [ann, bob].map((client) => client.state().me?.transport),
    ["plaintext", "noise"],
  );
  const room = { name: "lobby", description: "", isPrivate: false };
  const made = await ann.app.actions.createRoom(room);
  assert.ok(made.ok);
  assert.equal((await bob.app.actions.joinRoom(made.value)).ok, true);
  const key = `room:${made.value}` as const;
  for (const client of [ann, bob]) client.app.actions.openConversation(key);
  bob.app.actions.send(key, "from the chat port");
  ann.app.actions.send(key, "from the web");
  for (const client of [ann, bob]) {
    await client.until("both lines", ({ conversations }) => {
      const lines = conversations.has(key) ? client.lines(key) : [];
      return lines.includes("bob: from the chat port") && lines.includes("ann: from the web");
    });
  }
});
