import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { takeInstanceLock } from "../storage/instance-lock.ts";
import { temporaryFolder } from "../test/storage-fixture.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const limitMs = 60_000;

interface Asked {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What comes on standard input. */
  readonly input?: string;
}

/** The real program, as a process of its own. */
async function run(args: readonly string[], { cwd, env = {}, input = "" }: Asked) {
  const plain = Object.entries(process.env).filter(([name]) => !name.startsWith("LAIR_"));
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env: { ...Object.fromEntries(plain), ...env },
    timeout: limitMs,
  });
  child.stdin.on("error", () => undefined).end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  return { stdout, stderr, code: code as number | null };
}

test("both mistakes are printed by name, and the exit code says it is the configuration", async () => {
  using folder = temporaryFolder();
  const env = { LAIR_TCP_PORT: "80a0", LAIR_JWT_SECRET: "short" };
  const { stdout, stderr, code } = await run([], { cwd: folder.path, env });
  assert.match(stderr, /LAIR_TCP_PORT: expected a port \(0 to 65535\), got '80a0'/);
  assert.match(stderr, /LAIR_JWT_SECRET: expected at least 32 bytes, got 5 bytes/);
  assert.doesNotMatch(stderr, /short| {4}at /);
  assert.equal(stdout, "");
  assert.equal(code, 78);
  assert.deepEqual(readdirSync(folder.path), []);
});

test("the version and the help are printed and are no failure", async () => {
  using folder = temporaryFolder();
  const version = await run(["--version"], { cwd: folder.path });
  assert.match(version.stdout, /^\d+\.\d+\.\d+ \(protocol 1\.0, Node v\d+/);
  assert.equal(version.code, 0);
  const help = await run(["--help"], { cwd: folder.path });
  for (const word of [
    "serve",
    "migrate",
    "backup",
    "restore",
    "verify",
    "user",
    "config",
    "--tcp-port",
    "--config",
  ]) {
    assert.ok(help.stdout.includes(word), word);
  }
  assert.equal(help.code, 0);
});

test("an option that does not exist is a mistake of the caller", async () => {
  using folder = temporaryFolder();
  const { stderr, code } = await run(["--tcp-prot", "1"], { cwd: folder.path });
  assert.match(stderr, /unknown option '--tcp-prot'/);
  assert.equal(code, 2);
});

test("config print shows what holds and where it comes from", async () => {
  using folder = temporaryFolder();
  const { stdout, code } = await run(["config", "print", "--tcp-port", "9000"], {
    cwd: folder.path,
    env: { LAIR_HTTP_PORT: "9001" },
  });
  assert.match(stdout, /^LAIR_TCP_PORT +9000 +command line$/m);
  assert.match(stdout, /^LAIR_HTTP_PORT +9001 +environment$/m);
  assert.equal(code, 0);
});

test("migrate makes the database, and the second time finds nothing to do", async () => {
  using folder = temporaryFolder();
  const first = await run(["migrate"], { cwd: folder.path });
  assert.match(first.stdout, /lair-chat\.db: applied /);
  assert.equal(first.code, 0);
  const second = await run(["migrate"], { cwd: folder.path });
  assert.match(second.stdout, /up to date/);
  assert.equal(second.code, 0);
});

test("an account is added, listed and given a role", async () => {
  using folder = temporaryFolder();
  const cwd = folder.path;
  const input = "correct horse battery\n";
  const added = await run(["user", "add", "ann", "--email", "ann@example.org"], { cwd, input });
  assert.equal(added.stderr, "");
  assert.equal(added.stdout, "Added ann (user).\n");
  const again = await run(["user", "add", "ANN"], { cwd, input });
  assert.match(again.stderr, /taken/);
  assert.equal(again.code, 1);
  const raised = await run(["user", "set-role", "ann", "admin"], { cwd });
  assert.equal(raised.stdout, "ann is admin now.\n");
  const listed = await run(["user", "list"], { cwd });
  assert.match(listed.stdout, /^ann +admin +\d{4}-\d\d-\d\d +never +ann@example\.org$/m);
  assert.equal(listed.code, 0);
});

test("an account with a bad name, a bad password or none is not added", async () => {
  using folder = temporaryFolder();
  const cwd = folder.path;
  const input = "correct horse battery\n";
  const cases = [
    { args: ["a"], input, says: /3 to 32 letters/ },
    { args: ["admin"], input, says: /reserved/ },
    { args: ["ann", "--email", "nobody"], input, says: /not an e-mail/ },
    { args: ["ann"], input: "sunshine\n", says: /most common/ },
    { args: ["ann"], input: "", says: /standard input/ },
  ];
  for (const { args, says, ...rest } of cases) {
    const { stderr, code } = await run(["user", "add", ...args], { cwd, ...rest });
    assert.match(stderr, says);
    assert.equal(code, 1);
  }
  const listed = await run(["user", "list"], { cwd });
  assert.doesNotMatch(listed.stdout, /ann/);
});

test("a role that does not exist and a user that does not exist are refused", async () => {
  using folder = temporaryFolder();
  const cwd = folder.path;
  const role = await run(["user", "set-role", "ann", "king"], { cwd });
  assert.match(role.stderr, /'king' is no role/);
  assert.equal(role.code, 2);
  const user = await run(["user", "set-role", "ann", "admin"], { cwd });
  assert.match(user.stderr, /There is no user ann/);
  assert.equal(user.code, 1);
});

test("nothing is changed while another process has the database", async () => {
  using folder = temporaryFolder();
  using _lock = takeInstanceLock(folder.file("lair-chat.db"), "the server");
  for (const args of [
    ["migrate"],
    ["user", "add", "ann"],
    ["user", "set-role", "ann", "admin"],
    ["restore", "x.db"],
  ]) {
    const { stderr, code } = await run(args, { cwd: folder.path, input: "correct horse battery" });
    assert.match(stderr, new RegExp(`in use by the server, process ${process.pid}`));
    assert.equal(code, 70);
  }
});

test("listing the accounts of a database that is not there makes none", async () => {
  using folder = temporaryFolder();
  const { stderr, code } = await run(["user", "list"], { cwd: folder.path });
  assert.match(stderr, /cannot be opened|does not exist/);
  assert.equal(code, 78);
  assert.deepEqual(readdirSync(folder.path), []);
});

test("what is made is nobody else's to read", { skip: process.platform === "win32" }, async () => {
  using folder = temporaryFolder();
  await run(["migrate"], { cwd: folder.path });
  const { statSync } = await import("node:fs");
  for (const name of readdirSync(folder.path)) {
    assert.equal(statSync(folder.file(name)).mode & 0o077, 0, name);
  }
});

test("an invite is made, listed without its token, and revoked", async () => {
  using folder = temporaryFolder();
  const cwd = folder.path;
  const made = await run(["invite", "create", "--uses", "3", "--expires", "2d", "--note", "team"], {
    cwd,
  });
  assert.equal(made.stderr, "");
  const [token = ""] = made.stdout.split("\n");
  assert.match(token, /^[\w-]{43}$/);
  assert.match(made.stdout, /Good 3 times, until \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
  const listed = await run(["invite", "list"], { cwd });
  assert.match(listed.stdout, /^[0-9a-f-]{36} {2}open +0\/3 .* team$/m);
  assert.ok(!listed.stdout.includes(token));
  const [id = ""] = /[0-9a-f-]{36}/.exec(listed.stdout) ?? [];
  assert.equal((await run(["invite", "revoke", id], { cwd })).code, 0);
  assert.match((await run(["invite", "list"], { cwd })).stdout, /revoked/);
  const unknown = await run(["invite", "revoke", "0198f000-0000-7000-8000-000000000000"], { cwd });
  assert.match(unknown.stderr, /no such invite/);
  assert.equal(unknown.code, 1);
});

test("what an invite can't be is said before anything is made", async () => {
  using folder = temporaryFolder();
  for (const [option, value] of [
    ["--uses", "many"],
    ["--expires", "1w"],
  ] as const) {
    const { stderr, code } = await run(["invite", "create", option, value], { cwd: folder.path });
    assert.match(stderr, new RegExp(`${option} .*'${value}' is invalid`));
    assert.equal(code, 2);
  }
  const { code } = await run(["invite", "create", "--uses", "0"], { cwd: folder.path });
  assert.equal(code, 1);
  assert.deepEqual(readdirSync(folder.path), []);
});

test("the database is backed up, looked through and restored, and everybody has to sign in again", async () => {
  using folder = temporaryFolder();
  const cwd = folder.path;
  const input = "correct horse battery\n";
  await run(["user", "add", "ann"], { cwd, input });
  const backup = await run(["backup", "safe/copy.db"], { cwd });
  assert.match(backup.stdout, /copy\.db is in order: 1 users, 0 conversations, 0 log entries\./);
  assert.equal(backup.code, 0);
  const twice = await run(["backup", "safe/copy.db"], { cwd });
  assert.match(twice.stderr, /exists already.*--force/);
  assert.equal(twice.code, 78);
  assert.equal((await run(["backup", "safe/copy.db", "--force"], { cwd })).code, 0);
  await run(["user", "add", "bob"], { cwd, input });
  const restored = await run(["restore", "safe/copy.db"], { cwd });
  assert.match(restored.stdout, /sign in again \(0 sessions\)/);
  assert.match(restored.stdout, /What was there before is in .*lair-chat\.db\.before-restore-/);
  assert.equal(restored.code, 0);
  const listed = await run(["user", "list"], { cwd });
  assert.match(listed.stdout, /^ann /m);
  assert.doesNotMatch(listed.stdout, /^bob /m);
});

test("damage is reported, ends with its own code, and keeps a backup from being restored", async () => {
  using folder = temporaryFolder();
  const cwd = folder.path;
  await run(["user", "add", "ann"], { cwd, input: "correct horse battery\n" });
  assert.match((await run(["verify"], { cwd })).stdout, /lair-chat\.db is in order/);
  await run(["backup", "copy.db"], { cwd });
  const bytes = readFileSync(folder.file("copy.db"));
  writeFileSync(folder.file("copy.db"), bytes.fill(0xa5, 8192, 40_000));
  const verified = await run(["verify", "copy.db"], { cwd });
  assert.match(verified.stdout, /copy\.db is NOT in order: \d+ problems/);
  assert.equal(verified.code, 78);
  const restored = await run(["restore", "copy.db"], { cwd });
  assert.match(restored.stderr, /not restored.*Nothing was changed/s);
  assert.equal(restored.code, 78);
  for (const missing of [
    ["verify", "none.db"],
    ["restore", "none.db"],
  ]) {
    const { stderr, code } = await run(missing, { cwd });
    assert.match(stderr, /none\.db does not exist/);
    assert.equal(code, 78);
  }
  assert.match((await run(["user", "list"], { cwd })).stdout, /^ann /m);
});
