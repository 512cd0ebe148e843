import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { readLogId } from "../../../server/storage/log-id.ts";
import { openConnection } from "../../../server/storage/sqlite-connection.ts";
import { Arena, type ArenaOptions, deviceHistories } from "../arena.ts";
import { checkHistories } from "../check-histories.ts";
import type { Counts, Fault, Stage } from "../fault.ts";
import type { LoggedEntry, ServerLog } from "../histories.ts";
import { type HistoryRecord, monotonicMicros } from "../history.ts";
import type { ServerAddress } from "../link.ts";
import { readDatabase } from "../read-database.ts";
import { freePort, runServerCommand, ServerUnderTest } from "../server-under-test.ts";
import { type Reply, Session } from "../session.ts";

const databaseName = "lair-chat.db";

const crowd = {
  devices: 6,
  rooms: 2,
  transports: ["tcp"],
  proxiedEach: 0,
  processes: 1,
  window: 8,
  contentBytes: 200,
} as const satisfies Partial<ArenaOptions>;

interface Backup {
  readonly file: string;
  /** Microseconds; whatever was acknowledged by then is to be in it. */
  readonly beganAt: number;
}

export const backup: Fault = {
  name: "backup",
  about:
    "Backups are made while clients write; each holds all that was acknowledged before it began, and is restored and served as another history.",
  isApart: true,
  needs: [],
  async run(stage) {
    const { folder, random, portion, found, violated } = stage;
    await using arena = await Arena.open({ ...crowd, folder, seed: random.below(1_000_000) });
    const backups: Backup[] = [];
    for (let number = 0; number < Math.min(portion, 5); number += 1) {
      await arena.progress(50 + random.below(100));
      const file = join(folder, `backup-${number}.db`);
      const beganAt = monotonicMicros();
      const { code, output } = await runServerCommand(arena.serverDirectory, ["backup", file]);
      if (code !== 0) violated(`backup ended with ${code}: ${output}`);
      else backups.push({ file, beganAt });
    }
    const { verdict } = await arena.settle();
    found(verdict);
    await arena.server.end("SIGTERM");
    const final = await readDatabase(join(arena.serverDirectory, databaseName));
    for (const made of backups) await examine(made, arena, final, stage);
    const last = backups.at(-1);
    const restored = last === undefined ? {} : await restore(last, arena, stage);
    return { backups: backups.length, ...restored };
  },
};

async function examine(
  { file, beganAt }: Backup,
  arena: Arena,
  final: ServerLog,
  { found, violated }: Stage,
): Promise<void> {
  const log = await readDatabase(file);
  for (const [key, entries] of log) {
    if (!isBeginningOf(entries, final.get(key) ?? [])) {
      violated(`a backup holds another history of ${key} than the server`);
    }
  }
  const devices = [...deviceHistories(arena.people)].map((device) => ({
    ...device,
    conversations: [],
    records: [...device.records].filter((record) => wasBefore(record, beganAt)),
  }));
  found(checkHistories(log, devices));
}

function isBeginningOf(some: readonly LoggedEntry[], all: readonly LoggedEntry[]): boolean {
  return some.every(({ id, hash, seq }, index) => {
    const other = all[index];
    return other?.id === id && other.hash === hash && other.seq === seq;
  });
}

/** Refusals that came later say nothing of what an earlier attempt had done by then. */
function wasBefore(record: HistoryRecord, beganAt: number): boolean {
  return record[0] === "invoke" || (record[0] === "ok" && record[1] <= beganAt);
}

/** Puts a backup into an empty place and serves it: another history, for which all sign in anew. */
async function restore({ file }: Backup, arena: Arena, stage: Stage): Promise<Counts> {
  const { folder, violated } = stage;
  const directory = join(folder, "restored");
  mkdirSync(directory, { mode: 0o700 });
  const { code, output } = await runServerCommand(directory, ["restore", file]);
  if (code !== 0) {
    violated(`restore ended with ${code}: ${output}`);
    return {};
  }
  const address = { tcpPort: await freePort(), httpPort: await freePort(), isTls: false };
  const server = await ServerUnderTest.start({ directory, address });
  try {
    const oldId = logIdOf(join(arena.serverDirectory, databaseName));
    const reply = await resumeFromOld(arena, address, oldId);
    const conversations = reply["conversations"] as readonly { readonly rewound?: boolean }[];
    if (reply["log_id"] === oldId) violated("a restored history has the id of the old one");
    if (reply["rewound"] !== true || !conversations.some(({ rewound }) => rewound === true)) {
      violated("a client that knows more than a restored history was not told so");
    }
    return { restores: 1 };
  } finally {
    await server.kill();
  }
}

/** Comes with a cursor that lies beyond anything there is. */
async function resumeFromOld(arena: Arena, address: ServerAddress, logId: string): Promise<Reply> {
  const session = new Session("tcp", address, { event: () => undefined, closed: () => undefined });
  const [device] = arena.people.devices;
  const person = arena.people.persons.find(({ id }) => id === device?.userId);
  await session.hello();
  const { name: identifier, password } = person ?? { name: "", password: "" };
  await session.call("login", { identifier, password });
  const cursors = [{ target: device?.targets[0], seq: 1_000_000 }];
  const reply = await session.call("resume", { log_id: logId, cursors, user_seq: 0 });
  session.destroy();
  return reply;
}

function logIdOf(file: string): string {
  const client = openConnection({ file, access: "read" });
  try {
    return readLogId(client);
  } finally {
    client.close();
  }
}
