import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { RoomId } from "@lair-chat/protocol/ids.ts";
import { type ServerProcess, startServerProcess } from "../../server/test/server-process.ts";
import { directKey, roomKey } from "../store/conversation.ts";
import type { ConversationKey } from "../store/state.ts";
import { password, registered, type TestClient, testClient } from "./client-fixture.ts";
import { cuttableRoad } from "./cuttable-road.ts";
import { manualClock } from "./manual-clock.ts";

const ok = { ok: true, value: undefined };

async function commonRoom(owner: TestClient, ...guests: TestClient[]): Promise<ConversationKey> {
  const made = await owner.app.actions.createRoom({
    name: "lobby",
    description: "",
    isPrivate: false,
  });
  assert.ok(made.ok);
  const id: RoomId = made.value;
  for (const guest of guests) assert.deepEqual(await guest.app.actions.joinRoom(id), ok);
  const key = roomKey(id);
  for (const client of [owner, ...guests]) client.app.actions.openConversation(key);
  return key;
}

const shows = (client: TestClient, key: ConversationKey, lines: readonly string[]) =>
  client.until(lines.join(" | "), ({ conversations }) => {
    const shown = conversations.has(key) ? client.lines(key) : [];
    return JSON.stringify(shown) === JSON.stringify(lines);
  });

/** Nothing is on its way to this client any more. */
const quiet = async (client: TestClient, key: ConversationKey) => {
  // As the screen does while it has room for more: an event may come before the first page is asked for.
  await client.app.actions.loadOlder(key);
  await client.until("all loaded", () => {
    const { entries, history, reachedStart } = client.conversation(key);
    return entries.length === 2 && history === "idle" && reachedStart;
  });
  // What is still being caught up with takes some questions, one after the other; the server answers in order.
  for (let n = 0; n < 8; n += 1) assert.deepEqual(await client.app.actions.searchRooms(""), ok);
};

async function accountFolder() {
  const path = await mkdtemp(join(tmpdir(), "lair-client-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

test("the server is killed again and again while two people write, and nothing is missing or twice", async () => {
  await using start = await startServerProcess();
  await using ann = await registered(start, "ann");
  await using bob = await registered(start, "bob");
  const key = await commonRoom(ann, bob);
  let server = start;
  const expected = { ann: [] as string[], bob: [] as string[] };
  for (let round = 1; round <= 3; round += 1) {
    for (let n = 1; n <= 30; n += 1) {
      for (const [name, client] of [
        ["ann", ann],
        ["bob", bob],
      ] as const) {
        const content = `round ${round}, line ${n}`;
        assert.deepEqual(client.app.actions.send(key, content), ok);
        expected[name].push(`${name}: ${content}`);
      }
      // Lets some of them get under way and be stored.
      if (n % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await server.stop("SIGKILL");
    await ann.until("ann has noticed", ({ link }) => link.state !== "online");
    ann.app.actions.send(key, `round ${round}, in the dark`);
    expected.ann.push(`ann: round ${round}, in the dark`);
    server = await server.restart();
    ann.app.actions.reconnectNow();
    bob.app.actions.reconnectNow();
  }
  const total = expected.ann.length + expected.bob.length;
  for (const client of [ann, bob]) {
    await client.until(
      "all is there",
      () =>
        client.lines(key).length === total &&
        client.lines(key).every((line) => !line.startsWith("(")),
    );
    for (const name of ["ann", "bob"] as const) {
      const lines = client.lines(key).filter((line) => line.startsWith(`${name}:`));
      assert.deepEqual(lines, expected[name]);
    }
  }
  assert.deepEqual(ann.lines(key), bob.lines(key));
  await server.stop("SIGKILL");
});

test("what was written without a connection is sent after the client itself was started anew", async () => {
  await using folder = await accountFolder();
  await using server = await startServerProcess();
  await using bob = await registered(server, "bob");
  const ann = await registered(server, "ann", { accountDir: folder.path });
  const key = await commonRoom(ann, bob);
  await server.stop("SIGKILL");
  await ann.until("offline", ({ link }) => link.state === "offline");
  for (const content of ["first", "second"]) ann.app.actions.send(key, content);
  ann.app.actions.setDraft(key, "half a sen");
  await ann[Symbol.asyncDispose]();

  const next = await testClient(server, { accountDir: folder.path });
  assert.equal(await next.app.start(), "session");
  assert.deepEqual(next.lines(key), ["(first)", "(second)"]);
  await next.until("offline", ({ link }) => link.state === "offline");
  await using again = await server.restart();
  next.app.actions.reconnectNow();
  bob.app.actions.reconnectNow();
  await shows(bob, key, ["ann: first", "ann: second"]);
  await next.online();
  assert.equal(next.conversation(key).draft, "half a sen");
  await next[Symbol.asyncDispose]();
  assert.ok(again.pid > 0);
});

test("what came while one was away is there at once, and unread", async () => {
  await using folder = await accountFolder();
  await using server = await startServerProcess();
  await using bob = await registered(server, "bob");
  const ann = await registered(server, "ann", { accountDir: folder.path });
  const key = await commonRoom(ann, bob);
  bob.app.actions.send(key, "seen");
  await shows(ann, key, ["bob: seen"]);
  const annId = ann.state().me?.id;
  assert.ok(annId);
  await ann[Symbol.asyncDispose]();

  bob.app.actions.send(key, "missed one");
  bob.app.actions.openDirect(annId, "ann");
  bob.app.actions.send(directKey(annId), "and this");
  await shows(bob, directKey(annId), ["bob: and this"]);
  await shows(bob, key, ["bob: seen", "bob: missed one"]);

  await using next = await testClient(server, { accountDir: folder.path });
  assert.equal(await next.app.start(), "session");
  const { conversations } = await next.online();
  const unread = [...conversations.values()].map(({ title, head, readSeq }) => [
    title,
    head - readSeq,
  ]);
  assert.deepEqual(
    new Map(unread as [string, number][]),
    new Map([
      ["lobby", 1],
      ["bob", 1],
    ]),
  );
  next.app.actions.openConversation(key);
  await shows(next, key, ["bob: seen", "bob: missed one"]);
  assert.equal(next.conversation(key).readSeq, next.conversation(key).head);
});

const secret = () => randomBytes(32).toString("base64url");

test("an access token the server does not take any more is renewed without a word", async () => {
  await using start = await startServerProcess({ env: { LAIR_JWT_SECRET: secret() } });
  await using ann = await registered(start, "ann");
  const { directory, tcpPort, httpPort } = start;
  await start.stop();
  const env = { LAIR_JWT_SECRET: secret() };
  await using server = await startServerProcess({ directory, tcpPort, httpPort, env });
  ann.app.actions.reconnectNow();
  await ann.online();
  assert.equal(ann.state().me?.username, "ann");
  assert.ok(server.pid > 0);
});

test("every start uses up a refresh token and leaves the next one on disk", async () => {
  await using folder = await accountFolder();
  await using server = await startServerProcess();
  await (await registered(server, "ann", { accountDir: folder.path }))[Symbol.asyncDispose]();
  const seen = new Set<string>();
  for (let starts = 0; starts < 4; starts += 1) {
    const names = await readdir(folder.path);
    const serverFolder = names.find((name) => !name.endsWith(".json")) ?? "";
    const file = await readFile(join(folder.path, serverFolder, "session-ann.json"), "utf8");
    seen.add((JSON.parse(file) as { refreshToken: string }).refreshToken);
    await using ann = await testClient(server, { accountDir: folder.path });
    assert.equal(await ann.app.start(), "session");
    await ann.online();
  }
  assert.equal(seen.size, 4);
});

/** Ends a session from another place. */
async function endSession(httpUrl: string, refreshToken: string): Promise<void> {
  const post = (path: string, body: object, bearer = "") =>
    fetch(`${httpUrl}/api/v1/auth/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${bearer}` },
      body: JSON.stringify(body),
    });
  const refreshed = await post("refresh", { refresh_token: refreshToken });
  const { token } = (await refreshed.json()) as { token: string };
  assert.equal((await post("logout", {}, token)).status, 200);
}

test("a session that was ended elsewhere leads back to the sign-in with the reason, and keeps what was not sent", async () => {
  await using folder = await accountFolder();
  await using server = await startServerProcess();
  await using road = await cuttableRoad(server.tcpPort);
  const where = { ...server, tcpPort: road.port };
  await using ann = await registered(where, "ann", { accountDir: folder.path });
  const key = await commonRoom(ann);
  road.swallow();
  ann.app.actions.send(key, "not sent yet");
  const names = await readdir(folder.path);
  const serverFolder = names.find((name) => !name.endsWith(".json")) ?? "";
  const path = join(folder.path, serverFolder, "session-ann.json");
  const { refreshToken } = JSON.parse(await readFile(path, "utf8")) as { refreshToken: string };
  await endSession(server.httpUrl, refreshToken);
  road.cut();
  road.open();
  const { link, me } = await ann.until("signed out", (state) => state.link.state === "signed_out");
  assert.match(link.state === "signed_out" ? (link.reason ?? "") : "", /Sign in again/);
  assert.equal(me, undefined);

  assert.deepEqual(await ann.app.actions.signIn({ username: "ann", password }), ok);
  await ann.online();
  ann.app.actions.openConversation(key);
  await shows(ann, key, ["ann: not sent yet"]);
});

test("a server that slows somebody down gets everything in the end, in the order it was written", async () => {
  await using server = await startServerProcess({ env: { LAIR_LIMIT_MESSAGES: "20/s" } });
  await using ann = await registered(server, "ann");
  const key = await commonRoom(ann);
  const lines = Array.from({ length: 75 }, (_, at) => `line ${at}`);
  for (const line of lines) ann.app.actions.send(key, line);
  await shows(
    ann,
    key,
    lines.map((line) => `ann: ${line}`),
  );
});

test("a road that is cut and swallows everything is noticed, and what was sent into it arrives once", async () => {
  await using server = await startServerProcess();
  await using road = await cuttableRoad(server.tcpPort);
  await using ann = await registered({ ...server, tcpPort: road.port }, "ann");
  await using bob = await registered(server, "bob");
  const key = await commonRoom(ann, bob);
  // What happens behind what a client has is fetched; of what it never had, only when somebody looks.
  await quiet(ann, key);
  road.swallow();
  ann.app.actions.send(key, "into the dark");
  bob.app.actions.send(key, "are you there?");
  await shows(bob, key, ["bob: are you there?"]);
  road.cut();
  await ann.until("offline", ({ link }) => link.state !== "online");
  road.open();
  ann.app.actions.reconnectNow();
  const lines = ["bob: are you there?", "ann: into the dark"];
  await shows(ann, key, lines);
  await shows(bob, key, lines);
});

/** A road on which single messages can get lost: where they are sealed, a missing one ends the connection. */
async function losingRoad(server: ServerProcess) {
  const road = await cuttableRoad(server.httpPort);
  const where = { ...server, httpUrl: `http://127.0.0.1:${road.port}` };
  return { road, where, [Symbol.asyncDispose]: () => road[Symbol.asyncDispose]() };
}

test("a message that was lost on the way is fetched when the next one shows that it is missing", async () => {
  await using server = await startServerProcess();
  await using losing = await losingRoad(server);
  const { road, where } = losing;
  await using ann = await registered(where, "ann", { websocket: true });
  await using bob = await registered(server, "bob");
  const key = await commonRoom(ann, bob);
  await quiet(ann, key);
  const lost = road.lose("this one is lost");
  bob.app.actions.send(key, "this one is lost");
  await lost;
  assert.deepEqual(ann.lines(key), []);
  bob.app.actions.send(key, "heard");
  await shows(ann, key, ["bob: this one is lost", "bob: heard"]);
});

test("what is written is on disk before it leaves", async () => {
  await using folder = await accountFolder();
  await using server = await startServerProcess();
  // With this clock nothing is saved for the time that has passed.
  const options = { accountDir: folder.path, deps: { clock: manualClock(Date.now()) } };
  await using ann = await registered(server, "ann", options);
  await using bob = await registered(server, "bob");
  const key = await commonRoom(ann, bob);
  ann.app.actions.send(key, "kept until it is certain");
  await shows(bob, key, ["ann: kept until it is certain"]);
  const names = await readdir(folder.path);
  const serverFolder = names.find((name) => !name.endsWith(".json")) ?? "";
  const log = await readFile(join(folder.path, serverFolder, "session-ann.db-wal"), "utf8");
  assert.ok(log.includes("kept until it is certain"));
});

test("a last message that was lost on the way is found within a minute, without another one", async () => {
  await using server = await startServerProcess();
  await using losing = await losingRoad(server);
  const { road, where } = losing;
  const clock = manualClock(Date.now());
  await using ann = await registered(where, "ann", { websocket: true, deps: { clock } });
  await using bob = await registered(server, "bob");
  const key = await commonRoom(ann, bob);
  await quiet(ann, key);
  const lost = road.lose("did you hear that?");
  bob.app.actions.send(key, "did you hear that?");
  await lost;
  assert.deepEqual(ann.lines(key), []);
  for (let passed = 0; passed < 60_000; passed += 15_000) {
    // A server that answers is not taken for dead.
    assert.deepEqual(await ann.app.actions.searchRooms(""), ok);
    assert.deepEqual(ann.lines(key), []);
    clock.advance(15_000);
  }
  await shows(ann, key, ["bob: did you hear that?"]);
});

test("an answer that is lost on the way back is asked for again and changes nothing", async () => {
  await using server = await startServerProcess();
  await using road = await cuttableRoad(server.tcpPort);
  await using ann = await registered({ ...server, tcpPort: road.port }, "ann");
  await using bob = await registered(server, "bob");
  const key = await commonRoom(ann, bob);
  road.swallowAnswers();
  ann.app.actions.send(key, "once");
  await shows(bob, key, ["ann: once"]);
  assert.deepEqual(ann.lines(key), ["(once)"]);
  road.cut();
  road.open();
  await shows(ann, key, ["ann: once"]);
  ann.app.actions.send(key, "twice");
  await shows(bob, key, ["ann: once", "ann: twice"]);
});
