import type { ViolationKind } from "./findings.ts";

/** A mistake that a server like this might hold, and how it must be noticed. */
export interface Mutant {
  readonly name: string;
  readonly about: string;
  /** Texts that stand exactly once in a file, and what is put in their place. */
  readonly changes: ReadonlyArray<{
    readonly file: string;
    readonly from: string;
    readonly to: string;
  }>;
  /** The torture under which it shows. */
  readonly torture: readonly string[];
  /** Any of these convicts it. */
  readonly caughtAs: readonly ViolationKind[];
}

const short = ["--minutes", "2", "--clients", "12", "--processes", "2", "--rooms", "3"];
const plain = ["--transports", "tcp,ws"];

export const mutants: readonly Mutant[] = [
  {
    name: "normal-sync",
    about: "SQLite syncs its WAL at checkpoints only",
    changes: [
      {
        file: "server/storage/sqlite-connection.ts",
        from: '{ name: "synchronous", value: "FULL", reads: 2 }',
        to: '{ name: "synchronous", value: "NORMAL", reads: 1 }',
      },
    ],
    torture: [...short, "--faults", "power-loss", "--images", "60", "--portion", "60"],
    caughtAs: ["lost"],
  },
  {
    name: "no-unique-client-id",
    about: "a retry is stored as another message",
    changes: [
      {
        file: "server/storage/schema/log-tables.ts",
        from: 'kit.uniqueIndex("log_entries_client_id_unique")',
        to: 'kit.index("log_entries_client_id_unique")',
      },
      {
        file: "migrations/sqlite/0000_tables.sql",
        from: "CREATE UNIQUE INDEX `log_entries_client_id_unique`",
        to: "CREATE INDEX `log_entries_client_id_unique`",
      },
    ],
    torture: [...short, ...plain, "--faults", "kill,links", "--kills", "10"],
    caughtAs: ["duplicate"],
  },
  {
    name: "ack-before-commit",
    about: "messages are acknowledged a moment before their transaction is committed",
    changes: [
      {
        file: "server/storage/commit-batch.ts",
        from: '    runStatement(client, "begin");',
        to: '    if (client.inTransaction) client.exec("COMMIT");\n    runStatement(client, "begin");',
      },
      {
        file: "server/storage/commit-batch.ts",
        from: '    runStatement(client, "commit");',
        to: `    const late = calls.every(({ name }) => name === "append_message");
    if (late) setTimeout(() => client.inTransaction && client.exec("COMMIT"), 50);
    else runStatement(client, "commit");`,
      },
    ],
    torture: [...short, ...plain, "--faults", "kill", "--kills", "10"],
    caughtAs: ["lost"],
  },
  {
    name: "order-by-clock",
    about: "logs are read in the order of the clock",
    changes: [
      {
        file: "server/features/conversations/append-store.ts",
        from: "Math.max(last.createdAt, now)",
        to: "now",
      },
      {
        file: "server/features/conversations/log-store.ts",
        from: ".orderBy(order(logEntries.seq))",
        to: ".orderBy(order(logEntries.createdAt))",
      },
    ],
    torture: [...short, ...plain, "--faults", "clock,kill-clients", "--minutes", "1"],
    caughtAs: ["misordered", "lost", "altered"],
  },
  {
    name: "dropped-for-laggard",
    about: "a reader that lags is left out of events and never told",
    changes: [
      {
        file: "server/connections/lagging-readers.ts",
        from: "if (hasCaughtUp) outbox.send",
        to: "if (hasCaughtUp && resyncs < 0) outbox.send",
      },
    ],
    torture: [...short, ...plain, "--faults", "stop-clients", "--minutes", "1"],
    caughtAs: ["gap", "lost"],
  },
];
