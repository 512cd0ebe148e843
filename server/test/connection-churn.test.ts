import assert from "node:assert/strict";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import net, { type Socket } from "node:net";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { encodeTextFrame } from "@lair-chat/protocol/wire/frame.ts";
import { password } from "./scenarios/chatting.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";
import { WireClient } from "./wire-client.ts";

/** How many connections there are at once, and how often. CHURN_CONNECTIONS=10000 takes a while. */
const perWave = Number(process.env["CHURN_CONNECTIONS"] ?? 500);
const waves = Number(process.env["CHURN_WAVES"] ?? 20);

/** Being opened at once; more would overrun the queue of connections that nobody has taken yet. */
const atOnce = 100;

/** Has the server say, when it is told to, what keeps it alive. */
const tellsResources = `data:text/javascript,${encodeURIComponent(`
  process.on("SIGUSR2", () => {
    const lasting = /TCP|TLS|Pipe|UDP|Port|Worker|Process/;
    const held = process.getActiveResourcesInfo().filter((name) => lasting.test(name));
    process.stdout.write("HELD " + JSON.stringify(held.sort()) + "\\n");
  });
`)}`;

/** What a server holds for its connections, by all accounts there are. */
interface Held {
  readonly files: number;
  readonly resources: string;
  /** Of the gauge that admins read. */
  readonly counted: number;
}

async function heldBy(server: ServerProcess, admin: WireClient): Promise<Held> {
  const counted = await countedBy(admin);
  const files = await readdir(`/proc/${server.pid}/fd`);
  return { files: files.length, resources: await resourcesOf(server), counted };
}

async function countedBy(admin: WireClient): Promise<number> {
  const { tcp, websocket } = (await admin.call("get_stats", {})).stats.connections;
  return tcp + websocket;
}

async function resourcesOf(server: ServerProcess): Promise<string> {
  const told = () => server.output().split("HELD ");
  const before = told().length;
  process.kill(server.pid, "SIGUSR2");
  await eventually(async () => told().length > before && server.output().endsWith("\n"));
  return told().at(-1)?.split("\n")[0] ?? "";
}

async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await isSo())) {
    assert(Date.now() < deadline, "it did not come to that");
    await new Promise(setImmediate);
  }
}

const endings: readonly ((socket: Socket) => void)[] = [
  (socket) => socket.destroy(),
  (socket) => socket.resetAndDestroy(),
  (socket) => socket.end(),
];

const hello = encodeTextFrame(JSON.stringify({ type: "client_hello", version: "1.0" }), 1024);

interface Open {
  readonly socket: Socket;
  readonly closed: Promise<unknown>;
}

/** Opens them all, hears the hello on each, and ends each in one of the ways there are; says how many there were. */
async function wave(
  { server, admin }: { readonly server: ServerProcess; readonly admin: WireClient },
  number: number,
  size: number,
): Promise<number> {
  const open: Open[] = [];
  let left = size;
  const openOnes = async () => {
    while (left > 0) {
      left -= 1;
      open.push(await greeted(server, `127.0.1.${number + 1}`));
      // Who says nothing for too long is taken for gone.
      if (open.length % 500 === 0) await admin.settle();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, openOnes));
  const most = await countedBy(admin);
  for (const [index, { socket }] of open.entries()) endings[index % endings.length]?.(socket);
  await Promise.all(open.map(({ closed }) => closed));
  return most;
}

/** Each wave comes from an address of its own: the ports of one would run out. */
async function greeted({ tcpPort }: ServerProcess, localAddress: string): Promise<Open> {
  const socket = net.connect({ port: tcpPort, host: "127.0.0.1", localAddress });
  // A test that fails need not wait for those that are left.
  socket.unref();
  // One that the server has closed meanwhile cannot be reset, and is closed all the same.
  socket.on("error", () => undefined);
  const closed = once(socket, "close").catch(() => undefined);
  const refused = closed.then(() => {
    throw new Error("a connection was closed before the server said hello");
  });
  await Promise.race([once(socket, "data"), refused]);
  // As a client of 1.x it may stay for a minute without signing in.
  socket.write(hello);
  return { socket, closed };
}

test("however many connections come and go, nothing of them stays", {
  skip: process.platform === "linux" ? false : "there is no /proc here",
}, async (t) => {
  const many = "100000";
  await using server = await startServerProcess({
    nodeArgs: ["--import", tellsResources],
    env: {
      LAIR_TCP_MAX_CONNECTIONS: many,
      LAIR_MAX_CONNECTIONS_PER_ADDRESS: many,
      LAIR_MAX_SIGNING_IN_PER_NETWORK: many,
    },
  });
  await using admin = await adminOf(server);
  await wave({ server, admin }, 0, 10);
  await eventually(async () => (await countedBy(admin)) === 1);
  const before = await heldBy(server, admin);
  const most: number[] = [];
  for (let number = 1; number <= waves; number += 1) {
    most.push(await wave({ server, admin }, number, perWave));
    await eventually(async () => (await countedBy(admin)) === 1);
  }
  let after = await heldBy(server, admin);
  // What the server does beside may hold a file for a moment.
  const deadline = Date.now() + 30_000;
  while (!isDeepStrictEqual(after, before) && Date.now() < deadline) {
    after = await heldBy(server, admin);
  }
  t.diagnostic(`${waves} waves of ${perWave}: ${JSON.stringify({ before, most, after })}`);
  assert.deepEqual(after, before);
});

async function adminOf(server: ServerProcess): Promise<WireClient> {
  const token = /setup token becomes the first:\n +(\S+)/.exec(server.output())?.[1] ?? "";
  const client = await WireClient.connect({ port: server.tcpPort });
  await client.hello();
  await client.call("register", { username: "rita", password, setup_token: token });
  return client;
}
