import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { argon2ThreadFile } from "../argon2-thread-file.ts";
import { pooledArgon2 } from "./argon2.ts";
import { createQuietArgon2 } from "./quiet-argon2.ts";

const costly = { memoryCost: 64 * 1024, timeCost: 20, parallelism: 1 };
const cheap = { memoryCost: 8, timeCost: 1, parallelism: 1 };

test("what is hashed in a thread of its own is recognised there and elsewhere, and nothing else is", async () => {
  await using quiet = createQuietArgon2(inThreads(2));
  const stored = await quiet.hash("correct horse", cheap);
  assert.match(stored, /^\$argon2id\$v=19\$m=8,t=1,p=1\$/);
  assert.equal(await quiet.verify(stored, "correct horse"), true);
  assert.equal(await pooledArgon2.verify(stored, "correct horse"), true);
  assert.equal(await quiet.verify(stored, "correct mouse"), false);
});

test("many at once each get their own answer", async () => {
  await using quiet = createQuietArgon2(inThreads(3));
  const passwords = Array.from({ length: 40 }, (_, index) => `password ${index}`);
  const stored = await Promise.all(passwords.map((password) => quiet.hash(password, cheap)));
  const right = stored.map((one, index) => quiet.verify(one, passwords[index] as string));
  const wrong = stored.map((one, index) => quiet.verify(one, `password ${index + 1}`));
  assert.ok((await Promise.all(right)).every(Boolean));
  assert.ok(!(await Promise.all(wrong)).some(Boolean));
});

test("what is no hash is an error, and the next call works", async () => {
  await using quiet = createQuietArgon2(inThreads(1));
  await assert.rejects(quiet.verify("nothing", "correct horse"), /Decoding failed/);
  assert.equal(await quiet.verify(await quiet.hash("x", cheap), "x"), true);
});

test("whoever waits when the threads are ended is told, and so is who comes later", async () => {
  await using quiet = createQuietArgon2(inThreads(1));
  const waiting = [quiet.hash("x", costly), quiet.hash("y", cheap)];
  const ends = waiting.map((one) => assert.rejects(one, /thread that hashes passwords ended/));
  await quiet[Symbol.asyncDispose]();
  await Promise.all(ends);
  await assert.rejects(quiet.hash("x", cheap), /not hashed any more/);
});

test("a thread that dies takes only what it had with it, and the next call gets another", async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), "lair-argon2-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const threadFile = scriptUrl(diesOnce(path.join(folder, "started")));
  await using quiet = createQuietArgon2({ ...inThreads(1), threadFile });
  await assert.rejects(quiet.hash("x", cheap), /thread that hashes passwords ended/);
  assert.equal(await quiet.verify(await quiet.hash("x", cheap), "x"), true);
});

test("a thread that cannot give way works, and says why it does not", async () => {
  const remarks: unknown[] = [];
  const onRemark = (why: unknown) => void remarks.push(why);
  const threadFile = scriptUrl(findsNoProc);
  await using quiet = createQuietArgon2({ threads: 1, threadFile, onRemark });
  assert.equal(await quiet.verify(await quiet.hash("x", cheap), "x"), true);
  assert.match(String(remarks), /there is no \/proc/);
});

test("the threads give way to all others of the process", {
  skip: process.platform === "linux" ? false : "threads have priorities of their own on Linux",
}, async () => {
  const before = niceOfThreads();
  await using quiet = createQuietArgon2(inThreads(1));
  await quiet.hash("x", cheap);
  const own = readNice(String(process.pid));
  const lower = [...niceOfThreads()].filter(([thread, nice]) => !before.has(thread) && nice > own);
  assert.equal(lower.length, 1);
});

function inThreads(threads: number) {
  const onRemark = (why: unknown) => assert.fail(String(why));
  return { threadFile: argon2ThreadFile, threads, onRemark };
}

function scriptUrl(script: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(script)}`);
}

/** A thread that ends the first time it is started, and is a real one from then on. */
function diesOnce(started: string): string {
  return `import { existsSync, writeFileSync } from "node:fs";
    if (!existsSync(${JSON.stringify(started)})) {
      writeFileSync(${JSON.stringify(started)}, "");
      process.exit(3);
    }
    await import(${JSON.stringify(argon2ThreadFile.href)});`;
}

/** A real one on a Linux that does not tell it who it is. */
const findsNoProc = `import fs from "node:fs";
  import { syncBuiltinESMExports } from "node:module";
  Object.defineProperty(process, "platform", { value: "linux" });
  fs.readlinkSync = () => { throw new Error("there is no /proc"); };
  syncBuiltinESMExports();
  await import(${JSON.stringify(argon2ThreadFile.href)});`;

function niceOfThreads(): ReadonlyMap<string, number> {
  return new Map(readdirSync("/proc/self/task").map((thread) => [thread, readNice(thread)]));
}

/** Field 19 of /proc/PID/stat; see proc_pid_stat(5). */
function readNice(thread: string): number {
  const stat = readFileSync(`/proc/self/task/${thread}/stat`, "utf8");
  const behindName = stat.slice(stat.lastIndexOf(")") + 2);
  return Number(behindName.split(" ")[16]);
}
