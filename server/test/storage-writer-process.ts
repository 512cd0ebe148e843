import { argv, exit, stdin, stdout } from "node:process";
import { createInterface } from "node:readline";
import { openSqlite } from "../storage/open-sqlite.ts";
import { silentLog } from "../storage/storage-log.ts";
import { testWriterThread } from "./storage-fixture.ts";
import { setState } from "./storage-operations.ts";

// A process that writes for those who tamper with processes: `node storage-writer-process.ts FILE`.
// Each line "write KEY" is answered with "ok KEY", or with "CODE KEY" when it was refused; "read" with
// "rows N"; "flood PREFIX" writes and answers until it is refused. A fatal fault ends it with its exit
// code, and the end of its input ends it in order.

const [, , file = ""] = argv;
const say = (line: string) => stdout.write(`${line}\n`);
const value = "x".repeat(500);

const db = await openSqlite({
  file,
  writerThread: testWriterThread,
  logger: silentLog,
  onFatal: ({ exitCode }) => exit(exitCode),
});

async function write(key: string): Promise<string> {
  const answer = await db.write(setState, { key, value }).then(
    () => "ok",
    (error: { readonly code?: string }) => error.code ?? String(error),
  );
  say(`${answer} ${key}`);
  return answer;
}

async function flood(prefix: string, lane: number): Promise<void> {
  for (let n = 0; (await write(`${prefix}-${lane}-${n}`)) === "ok"; n += 1);
}

const verbs: Readonly<Record<string, (argument: string) => Promise<unknown>>> = {
  write,
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
