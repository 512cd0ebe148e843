import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { UserId } from "@lair-chat/protocol/ids.ts";
import { type ServerProcess, startServerProcess } from "../../../server/test/server-process.ts";
import { openLocalStore } from "../../local-store/local-store.ts";
import { roomKey } from "../../store/conversation.ts";
import type { ConversationKey, Entry } from "../../store/state.ts";
import { password, registered, testClient } from "../client-fixture.ts";
import type { Shown } from "./client-process.ts";
import { CrashingClient } from "./crashing-client.ts";

// Written by one client before it has said that the first is kept.
const AT_ONCE = 8;

export interface KillRunOptions {
  /** Goes on while this is true; told how many kills there were. */
  isGoingOn(kills: number): boolean;
  /** From 0 to 1. */
  random(): number;
  /** For all to be equal at the end. */
  readonly patienceMs: number;
}

export interface KillRunResult {
  readonly kills: number;
  readonly serverKills: number;
  /** Said to be on a client's disk. */
  readonly kept: number;
  readonly stored: number;
}

/** Two clients of one person and two of another write to each other, while they and the server are killed. */
export async function killRun(options: KillRunOptions): Promise<KillRunResult> {
  const folder = await mkdtemp(join(tmpdir(), "lair-kills-"));
  const clients: CrashingClient[] = [];
  let server = await startServerProcess();
  try {
    const people = await settle(server, folder);
    clients.push(...people.clients);
    for (const client of clients) client.start();
    let kills = 0;
    let serverKills = 0;
    while (options.isGoingOn(kills)) {
      const victim = clients[Math.floor(options.random() * clients.length)];
      const isServerHit = options.random() < 0.5;
      await writing(clients, Math.floor(options.random() * 40));
      const ends = [victim?.kill()];
      if (isServerHit) ends.push(server.stop("SIGKILL").then(() => undefined));
      await Promise.all(ends);
      kills += ends.length;
      victim?.start();
      if (isServerHit) {
        serverKills += 1;
        server = await server.restart();
      }
    }
    await allEqual(clients, options.patienceMs);
    const screens = await Promise.all(clients.map((client) => client.report(true)));
    for (const client of clients) await client.kill();
    const stored = await check(server, people, { folder, screens });
    const kept = clients.reduce((sum, client) => sum + client.kept.length, 0);
    return { kills, serverKills, kept, stored };
  } finally {
    for (const client of clients) await client.kill();
    await server.stop("SIGKILL");
    await rm(server.directory, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  }
}

interface People {
  readonly key: ConversationKey;
  readonly clients: readonly CrashingClient[];
  readonly ids: ReadonlyMap<string, UserId>;
}

/** Two people with two machines each, in one room. */
async function settle(server: ServerProcess, folder: string): Promise<People> {
  const accountDir = (machine: string) => join(folder, machine);
  const ann = await registered(server, "ann", { accountDir: accountDir("ann-1") });
  const bob = await registered(server, "bob", { accountDir: accountDir("bob-1") });
  const made = await ann.app.actions.createRoom({
    name: "lobby",
    description: "",
    isPrivate: false,
  });
  assert.ok(made.ok);
  assert.ok((await bob.app.actions.joinRoom(made.value)).ok);
  const key = roomKey(made.value);
  const ids = new Map<string, UserId>();
  for (const [user, client] of [
    ["ann", ann],
    ["bob", bob],
  ] as const) {
    const { me } = client.state();
    assert.ok(me);
    ids.set(user, me.id);
    await client[Symbol.asyncDispose]();
    const second = await testClient(server, { accountDir: accountDir(`${user}-2`) });
    assert.ok((await second.app.actions.signIn({ username: user, password })).ok);
    await second.online();
    await second[Symbol.asyncDispose]();
  }
  const { tcpPort, httpUrl } = server;
  const clients = ["ann-1", "ann-2", "bob-1", "bob-2"].map((name) => {
    const user = name.slice(0, 3);
    return new CrashingClient(name, { tcpPort, httpUrl, user, key, accountDir: accountDir(name) });
  });
  return { key, clients, ids };
}

/** All of them write; resolves when so many messages are on their disks, in the middle of it. */
function writing(clients: readonly CrashingClient[], count: number): Promise<void> {
  const before = keptBy(clients);
  return new Promise((resolve) => {
    const look = (): void => {
      if (keptBy(clients) - before < count) {
        for (const client of clients) if (client.open < AT_ONCE) client.write();
        return;
      }
      for (const client of clients) client.onWord = () => undefined;
      resolve();
    };
    for (const client of clients) client.onWord = look;
    look();
  });
}

const keptBy = (clients: readonly CrashingClient[]): number =>
  clients.reduce((sum, { kept }) => sum + kept.length, 0);

/** Resolves when nothing is on its way and all show the same. */
async function allEqual(clients: readonly CrashingClient[], patienceMs: number): Promise<void> {
  const deadline = Date.now() + patienceMs;
  let shown: readonly Shown[] = [];
  for (;;) {
    const word = new Promise<void>((resolve) => {
      for (const client of clients) client.onWord = resolve;
    });
    const asked = Promise.all(clients.map((client) => client.report(false)));
    shown = await within(deadline, asked, shown);
    if (shown.every(isDone) && new Set(shown.map(({ list }) => list.join("\n"))).size === 1) return;
    await within(deadline, word, shown);
  }
}

const isDone = (shown: Shown): boolean =>
  shown.link.state === "online" && shown.unsent === 0 && shown.head === shown.to && isDrawn(shown);

/** Whether what stands on the terminal is the end of the conversation. */
function isDrawn({ terminal, list }: Shown): boolean {
  const end = list.slice(-terminal.length);
  return terminal.length > 0 && JSON.stringify(terminal) === JSON.stringify(end);
}

function within<T>(deadline: number, work: Promise<T>, shown: readonly Shown[]): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const fail = (): void => {
      const states = shown.map(({ list, ...rest }) => JSON.stringify([rest, list.slice(-20)]));
      reject(new Error(`they do not become equal:\n${states.join("\n")}`));
    };
    timer = setTimeout(fail, Math.max(0, deadline - Date.now()));
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Everything that was kept is in the log once, in order, and every screen and every disk is equal to the log. */
async function check(
  server: ServerProcess,
  people: People,
  { folder, screens }: { readonly folder: string; readonly screens: readonly Shown[] },
): Promise<number> {
  const log = await wholeLog(server, people.key, join(folder, "fresh"));
  const contents = log.flatMap((entry) => (entry.kind === "message" ? [entry.content] : []));
  assert.equal(new Set(contents).size, contents.length, "nothing is there twice");
  const lines = log.flatMap((entry) =>
    entry.kind === "message" ? [`${entry.author}: ${entry.content}`] : [],
  );
  for (const [at, { list }] of screens.entries()) {
    const messages = list.filter((line) => !line.startsWith("→"));
    assert.deepEqual(messages, lines, `${people.clients[at]?.name}: its screen`);
  }
  for (const { name, kept, given } of people.clients) {
    const own = contents.filter((content) => content.startsWith(`${name} `));
    const numbers = own.map((content) => Number(content.slice(name.length + 1)));
    assert.deepEqual(
      numbers,
      [...numbers].sort((a, b) => a - b),
      `${name}: in order`,
    );
    const there = new Set(own);
    assert.deepEqual(
      kept.filter((content) => !there.has(content)),
      [],
      `${name}: nothing is lost`,
    );
    assert.deepEqual(await keptLog(given.accountDir, people, given.user), log, `${name}: its disk`);
  }
  return contents.length;
}

/** As somebody sees it who comes with nothing. */
async function wholeLog(
  server: ServerProcess,
  key: ConversationKey,
  accountDir: string,
): Promise<readonly Entry[]> {
  await using fresh = await testClient(server, { accountDir });
  assert.ok((await fresh.app.actions.signIn({ username: "ann", password })).ok);
  await fresh.online();
  fresh.app.actions.openConversation(key);
  do {
    await fresh.until("loaded", () => fresh.conversation(key).history === "idle");
    assert.ok((await fresh.app.actions.loadOlder(key)).ok);
  } while (!fresh.conversation(key).reachedStart);
  return fresh.conversation(key).entries;
}

async function keptLog(
  accountDir: string,
  { key, ids }: People,
  user: string,
): Promise<readonly Entry[]> {
  const [folder = ""] = (await readdir(accountDir)).filter((name) => !name.endsWith(".json"));
  const path = join(accountDir, folder, `session-${user}.db`);
  const userId = ids.get(user);
  assert.ok(userId);
  const moved = { read: new Map(), drafts: new Map(), outgoing: [] };
  const { local, notices } = openLocalStore({ path, userId, now: Date.now }, moved);
  assert.deepEqual(notices, []);
  const entries: Entry[] = [];
  for (let page = local.older(key, undefined); page !== undefined; ) {
    entries.unshift(...page.entries);
    page = local.older(key, page.from);
  }
  local.close();
  return entries;
}
