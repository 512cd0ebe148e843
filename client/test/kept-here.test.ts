import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startServerProcess } from "../../server/test/server-process.ts";
import { roomKey } from "../store/conversation.ts";
import type { ConversationKey, Entry, State } from "../store/state.ts";
import { registered, type TestClient, testClient } from "./client-fixture.ts";
import { listOf } from "./crash/shown-screen.ts";

const ok = { ok: true, value: undefined };

async function accountFolder() {
  const path = await mkdtemp(join(tmpdir(), "lair-kept-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

async function lobbyOf(owner: TestClient, ...guests: TestClient[]): Promise<ConversationKey> {
  const room = { name: "lobby", description: "", isPrivate: false };
  const made = await owner.app.actions.createRoom(room);
  assert.ok(made.ok);
  for (const guest of guests) assert.deepEqual(await guest.app.actions.joinRoom(made.value), ok);
  const key = roomKey(made.value);
  for (const client of [owner, ...guests]) {
    client.app.actions.openConversation(key);
    await wholeIsHere(client, key);
  }
  return key;
}

/** As the screen does while it has room for more: an event may come before the first page is asked for. */
async function wholeIsHere(client: TestClient, key: ConversationKey): Promise<void> {
  while (!client.conversation(key).reachedStart) {
    await client.until("loaded", () => client.conversation(key).history === "idle");
    assert.deepEqual(await client.app.actions.loadOlder(key), ok);
  }
}

const shown = (state: State): string => listOf(state).join(" | ");

/** The next start on what another one has left, with the conversation on screen that was there. */
async function startedAgain(
  where: Parameters<typeof testClient>[0],
  accountDir: string,
): Promise<TestClient> {
  const client = await testClient(where, { accountDir });
  assert.equal(await client.app.start(), "session");
  const last = client.app.lastOpen();
  assert.ok(last);
  client.app.actions.openConversation(last);
  return client;
}

async function stored(client: TestClient, key: ConversationKey, content: string): Promise<void> {
  assert.deepEqual(client.app.actions.send(key, content), ok);
  await client.until(`${content} is stored`, ({ conversations }) =>
    Boolean(conversations.get(key)?.entries.some((entry) => isMessage(entry, content))),
  );
}

const isMessage = (entry: Entry, content: string): boolean =>
  entry.kind === "message" && entry.content === content;

const idsOf = (client: TestClient, key: ConversationKey) =>
  client.conversation(key).outgoing.map(({ clientId }) => clientId);

test("without a server the next start shows what was there, names included, and what is written then goes out in order when it can", async () => {
  await using folder = await accountFolder();
  const accountDir = folder.path;
  await using start = await startServerProcess();
  await using ann = await registered(start, "ann", { accountDir });
  await using bob = await registered(start, "bob");
  const key = await lobbyOf(ann, bob);
  await stored(bob, key, "a mistake");
  await ann.until("heard", (state) => shown(state).includes("a mistake"));
  const mistake = ann.conversation(key).entries.find((entry) => isMessage(entry, "a mistake"));
  assert.ok(mistake?.kind === "message");
  assert.deepEqual(await ann.app.actions.deleteMessage(mistake.id), ok);
  await stored(ann, key, "hello");
  const before = [
    "→: ann joined",
    "→: bob joined",
    "×: message by bob deleted by ann",
    "ann: hello",
  ];
  await ann.until("all of it", (state) => shown(state) === before.join(" | "));
  await ann[Symbol.asyncDispose]();
  await start.stop("SIGKILL");

  await using alone = await startedAgain(start, accountDir);
  assert.deepEqual(listOf(alone.state()), before, "before any connection");
  await alone.until("offline", ({ link }) => link.state === "offline");
  for (const n of [1, 2, 3]) assert.deepEqual(alone.app.actions.send(key, `later ${n}`), ok);
  const ids = idsOf(alone, key);
  await alone[Symbol.asyncDispose]();

  await using again = await startedAgain(start, accountDir);
  assert.deepEqual(idsOf(again, key), ids);
  const waiting = [1, 2, 3].map((n) => `ann: later ${n}  … sending`);
  assert.deepEqual(listOf(again.state()), [...before, ...waiting]);
  const server = await start.restart();
  for (const client of [again, bob]) client.app.actions.reconnectNow();
  const after = [...before, ...[1, 2, 3].map((n) => `ann: later ${n}`)].join(" | ");
  for (const client of [again, bob]) await client.until(after, (state) => shown(state) === after);
  await server.stop("SIGKILL");
});

/** How large a file of this process may become; what is there already stays. */
function limitFileSize(bytes: string): void {
  const { status, stderr } = spawnSync("prlimit", [
    "--pid",
    String(process.pid),
    `--fsize=${bytes}:`,
  ]);
  assert.equal(status, 0, String(stderr));
}

const hasPrlimit = spawnSync("prlimit", ["--version"]).status === 0;

test("a full disk is told of, what was written stays on screen and is kept once there is room, and else is handed out at the end", {
  skip: hasPrlimit ? false : "needs prlimit",
}, async () => {
  await using folder = await accountFolder();
  const accountDir = folder.path;
  await using server = await startServerProcess();
  await using ann = await registered(server, "ann", { accountDir });
  const key = await lobbyOf(ann);
  await server.stop("SIGKILL");
  await ann.until("offline", ({ link }) => link.state === "offline");
  try {
    limitFileSize("1");
    ann.app.actions.send(key, "written on a full disk");
    const full = await ann.until("told of", ({ unkept }) => unkept !== undefined);
    assert.match(full.notices.map(({ text }) => text).join("\n"), /cannot be kept .*disk is full/);
    assert.match(shown(full), /ann: written on a full disk {2}… sending$/);
    limitFileSize("unlimited");
    await ann.until("kept again", ({ unkept }) => unkept === undefined);
    assert.match(ann.state().notices.at(-1)?.text ?? "", /are kept on this machine again/);
    limitFileSize("1");
    ann.app.actions.send(key, "the last words");
    await ann[Symbol.asyncDispose]();
  } finally {
    limitFileSize("unlimited");
  }
  assert.deepEqual(ann.app.lost(), [{ title: "#lobby", content: "the last words" }]);
  await using again = await startedAgain(server, accountDir);
  const { outgoing } = again.conversation(key);
  assert.deepEqual(
    outgoing.map(({ content }) => content),
    ["written on a full disk"],
  );
});
