import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openKnownServers } from "../files/known-servers.ts";

const mainFile = fileURLToPath(new URL("../main.tsx", import.meta.url));
const hook = new URL("../../scripts/tsx-hook.mjs", import.meta.url).href;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const command = ["--import", hook, mainFile, ...args];
    execFile(process.execPath, command, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

const isHarmless = (text: string): boolean => !(text.includes("\u001b") || text.includes("\u0007"));

test("--version and --help answer and end well", async () => {
  const version = await run("--version");
  assert.deepEqual([version.code, version.stderr], [0, ""]);
  assert.match(version.stdout, /^\d+\.\d+\.\d+ \(Node v\d+/);
  const help = await run("--help");
  assert.equal(help.code, 0);
  for (const flag of ["--server", "--http-url", "--ca", "--user", "--websocket"]) {
    assert.ok(help.stdout.includes(flag), flag);
  }
});

test("what cannot be meant is said without a stack trace, and nothing in it drives the terminal", async () => {
  const { code, stderr } = await run("--server", "\u001b[2Jhost:x", "--user", "\u001b]0;x\u0007");
  assert.equal(code, 2);
  assert.match(stderr, /--server: /);
  assert.match(stderr, /--user: /);
  assert.ok(isHarmless(stderr));
  assert.ok(!stderr.includes("\n    at "));
});

test("an unknown flag is named", async () => {
  const { code, stderr } = await run("--sever\u001b[2J", "x");
  assert.equal(code, 2);
  assert.match(stderr, /unknown option '--sever/);
  assert.ok(isHarmless(stderr));
});

test("without a terminal it says that it needs one", async () => {
  const { code, stderr } = await run("--account-dir", "/nonexistent-for-lair");
  assert.notEqual(code, 0);
  assert.match(stderr, /terminal/);
});

test("a server can be forgotten, and one that is not known is said not to be", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lair-forget-"));
  const forget = ["--account-dir", folder, "--forget-server", "chat.example"];
  const servers = openKnownServers({ folder, now: Date.now });
  await servers.add("chat.example:8080", { certificate: `SHA256:${"A".repeat(43)}` });
  const done = await run(...forget);
  assert.deepEqual([done.code, done.stderr], [0, ""]);
  assert.match(done.stdout, /chat\.example:8080 is forgotten/);
  assert.equal(await servers.get("chat.example:8080"), undefined);
  const again = await run(...forget);
  assert.equal(again.code, 1);
  assert.match(again.stdout, /was not remembered/);
  await rm(folder, { recursive: true });
});

test("a damaged file of known servers is an error before anything else happens", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lair-damaged-"));
  await writeFile(join(folder, "known-servers.json"), "{");
  const { code, stderr } = await run("--account-dir", folder);
  assert.equal(code, 1);
  assert.match(stderr, /known-servers\.json .* damaged/);
  await rm(folder, { recursive: true });
});
