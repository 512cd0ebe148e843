import { argv, exit, stdin, stdout } from "node:process";
import { createInterface } from "node:readline";
import { openSqlite } from "../storage/open-sqlite.ts";
import { silentLog } from "../storage/storage-log.ts";
import { testWriterThread } from "./storage-fixture.ts";
import { setState } from "./storage-operations.ts";

// A process that writes for those who tamper with processes: `node storage-writer-process.ts FILE`.
// Each line "write KEY" is answered with "ok KEY", or with "CODE KEY" when it was refused; "read" with
// "rows N"; "flood PREFIX" writes and answers without end. A fatal fault ends it with its exit code.

const [, , file = ""] = argv;
const say = (line: string) => stdout.write(`${line}\n`);
const value = "x".repeat(500);

const db = await openSqlite({
  file,
  writerThread: testWriterThread,
  logger: silentLog,
  onFatal: ({ exitCode }) => exit(exitCode),
});

const verbs: Readonly<Record<string, (argument: string) => Promise<void>>> = {
  write: async (key) => {
    const answer = await db.write(setState, { key, value }).then(
      () => "ok",
      (error: { readonly code?: string }) => error.code ?? String(error),
    );
    say(`${answer} ${key}`);
  },
  read: async () => void say(`rows ${await db.read.$count(db.tables.serverState)}`),
  flood: async (prefix) => {
    await Promise.all(
      Array.from({ length: 50 }, async (_, lane) => {
        for (let n = 0; ; n += 1) await verbs["write"]?.(`${prefix}-${lane}-${n}`);
      }),
    );
  },
};

say("ready");
for await (const line of createInterface({ input: stdin })) {
  const [verb = "", argument = ""] = line.split(" ");
  // Not awaited: several may be under way, and what comes of each is said when it is known.
  void verbs[verb]?.(argument);
}
await db[Symbol.asyncDispose]();
