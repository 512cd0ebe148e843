import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type ServerProcess, startServerProcess } from "../../server/test/server-process.ts";
import { Terminal } from "./terminal.ts";

const clientBin = fileURLToPath(new URL("../bin.js", import.meta.url));
const hasTmux = spawnSync("tmux", ["-V"]).status === 0;
const options = { skip: hasTmux ? false : "tmux is not installed", timeout: 120_000 };
/** The first start may have to wait for another test's set-up of the checkout. */
const START_MS = 60_000;

let server: ServerProcess;
let home: string;
before(async () => {
  server = await startServerProcess();
  home = await mkdtemp(join(tmpdir(), "lair-home-"));
});
after(async () => {
  await server[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

const openClient = (size: { columns?: number; rows?: number } = {}) =>
  Terminal.open({
    command: [
      process.execPath,
      clientBin,
      "--server",
      `127.0.0.1:${server.tcpPort}`,
      "--http-url",
      server.httpUrl,
    ],
    cwd: home,
    env: { HOME: home, XDG_CONFIG_HOME: join(home, "config"), LANG: "C.UTF-8" },
    ...size,
  });

/** The processes below another one, from the top: each starts the next. */
async function processesBelow(pid: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid="]);
  const pairs = stdout.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  const below: number[] = [];
  for (let parent: number | undefined = pid; parent !== undefined; ) {
    const child = pairs.find(([, ppid]) => ppid === parent)?.[0];
    if (child !== undefined) below.push(child);
    parent = child;
  }
  return below;
}

/** The launcher and the client that it started, once the client has its screen up. */
async function running(terminal: Terminal): Promise<{ launcher: number; client: number }> {
  await terminal.shows("Sign in", START_MS);
  const [launcher, client] = await processesBelow(await terminal.programPid());
  assert.ok(client !== undefined && launcher !== undefined);
  return { launcher, client };
}

/** The shell's own screen with a cursor, and a line that is echoed as one types it. */
async function isBackToNormal(terminal: Terminal, exitCode: number): Promise<void> {
  const screen = await terminal.shows(`ended with ${exitCode}`);
  assert.doesNotMatch(screen, /Sign in/);
  assert.equal(await terminal.told("#{alternate_on} #{cursor_flag}"), "0 1");
  await terminal.enter("typed afterwards");
  await terminal.until((now) => now.split("typed afterwards").length === 3, "an echo");
}

test("a client that is killed leaves a terminal that can be used", options, async () => {
  await using terminal = await openClient();
  const { client } = await running(terminal);
  assert.equal(await terminal.told("#{alternate_on}"), "1");
  process.kill(client, "SIGKILL");
  await isBackToNormal(terminal, 137);
});

for (const [signal, exitCode] of [
  ["SIGINT", 130],
  ["SIGHUP", 129],
  ["SIGTERM", 143],
] as const) {
  test(`${signal} that only the launcher hears ends the client`, options, async () => {
    await using terminal = await openClient();
    const { launcher } = await running(terminal);
    process.kill(launcher, signal);
    await isBackToNormal(terminal, exitCode);
  });
}

/** The one-time token that makes the first administrator; the server prints it once. */
function setupToken(): string {
  const [, token] = /becomes the first:\s+(\S+)/.exec(server.output()) ?? [];
  assert.ok(token !== undefined, server.output());
  return token;
}

test(
  "an admin looks after the server with the keyboard alone, in a small window",
  options,
  async () => {
    await using terminal = await openClient({ columns: 60, rows: 20 });
    await terminal.shows("Sign in", START_MS);
    await terminal.press("F2");
    await terminal.shows("Create an account");
    await terminal.type("olga");
    await terminal.press("Tab");
    await terminal.type("a password for olga");
    await terminal.press("Tab", "Tab");
    await terminal.type(setupToken());
    await terminal.press("Enter");
    await terminal.shows("● online");
    await terminal.enter("/create attic");
    await terminal.shows("#attic");

    await terminal.press("F9");
    await terminal.shows("What do you want to do?");
    await terminal.press("a");
    await terminal.shows(/Rooms +1, 1 public/);
    await terminal.press("n");
    await terminal.shows("Say something to everybody");
    await terminal.type("Tea at five");
    await terminal.press("Enter");
    await terminal.shows("Told to 1 connections.");

    await terminal.press("u");
    await terminal.shows("Users of this server");
    await terminal.type("olg");
    await terminal.shows(/> ● olga +admin/);
    await terminal.press("Enter");
    await terminal.shows("That is you.");
    await terminal.press("p");
    await terminal.shows("This is the only administrator.");
    await terminal.press("Escape");
    await terminal.shows("Users of this server");
    await terminal.press("Escape");
    await terminal.shows("Administration of");

    await terminal.press("r");
    await terminal.shows("> # attic");
    await terminal.press("Enter");
    await terminal.shows("Delete #attic with everything in it");
    await terminal.press("d");
    await terminal.shows("nobody can bring it");
    await terminal.press("Tab");
    await terminal.type("y");
    await terminal.press("Enter");
    await terminal.shows("#attic is deleted.");
    await terminal.shows("There is no room.");
    await terminal.press("C-q");
    await terminal.shows("ended with 0");
  },
);
