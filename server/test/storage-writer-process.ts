import { appendFileSync, rmSync } from "node:fs";
import { argv, exit, stdin, stdout } from "node:process";
import { createInterface } from "node:readline";
import { openSqlite } from "../storage/open-sqlite.ts";
import { silentLog } from "../storage/storage-log.ts";
import { testWriterThread } from "./storage-fixture.ts";
import { growState, setState } from "./storage-operations.ts";

// A process that writes for those who tamper with processes:
// `node storage-writer-process.ts FILE [MIN_FREE_BYTES RESERVE_BYTES]`. Each line "write KEY" is answered with "ok KEY", or with "CODE KEY" when it was refused; "read" with
// "rows N"; "flood PREFIX" writes and answers until it is refused; "send KEY" is a write that is refused
// while space is low. "ballast BYTES" fills the disk, as far as it goes, and "drop" frees it. A fatal fault ends it with its exit
// code, and the end of its input ends it in order.

const [, , file = "", minFree = "0", reserve = "0"] = argv;
const say = (line: string) => stdout.write(`${line}\n`);
const value = "x".repeat(500);

const db = await openSqlite({
  file,
  writerThread: testWriterThread,
  logger: silentLog,
  space: { minFreeBytes: Number(minFree), reserveBytes: Number(reserve) },
  onFatal: ({ exitCode }) => exit(exitCode),
});

async function write(key: string, operation = setState): Promise<string> {
  const answer = await db.write(operation, { key, value }).then(
    () => "ok",
    (error: { readonly code?: string }) => error.code ?? String(error),
  );
  say(`${answer} ${key}`);
  return answer;
}

async function flood(prefix: string, lane: number): Promise<void> {
  for (let n = 0; (await write(`${prefix}-${lane}-${n}`)) === "ok"; n += 1);
}

const ballast = `${file}.ballast`;

/** As much as fits: when the disk is full it is. */
function fill(bytes: number): void {
  const chunk = Buffer.alloc(64 * 1024, 0x42);
  try {
    for (let left = bytes; left > 0; left -= chunk.length) appendFileSync(ballast, chunk);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}

const verbs: Readonly<Record<string, (argument: string) => Promise<unknown>>> = {
  write: (key) => write(key),
  send: (key) => write(key, growState),
  ballast: async (bytes) => {
    fill(Number(bytes));
    say(`filled ${bytes}`);
  },
  drop: async () => {
    rmSync(ballast);
    say("dropped");
  },
  read: async () => say(`rows ${await db.read.$count(db.tables.serverState)}`),
  flood: (prefix) => Promise.all(Array.from({ length: 50 }, (_, lane) => flood(prefix, lane))),
};

say("ready");
for await (const line of createInterface({ input: stdin })) {
  const [verb = "", argument = ""] = line.split(" ");
  // Not awaited: several may be under way, and what comes of each is said when it is known.
  void verbs[verb]?.(argument);
}
await db[Symbol.asyncDispose]();
