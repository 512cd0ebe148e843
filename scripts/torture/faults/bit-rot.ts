import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { verifySqlite } from "../../../server/storage/verify-sqlite.ts";
import { Arena, type ArenaOptions } from "../arena.ts";
import type { Fault, Stage } from "../fault.ts";
import type { LoggedEntry, ServerLog } from "../histories.ts";
import type { Random } from "../random.ts";
import { readDatabase } from "../read-database.ts";

const databaseName = "lair-chat.db";
const sends = 600;

const crowd = {
  devices: 4,
  rooms: 2,
  transports: ["tcp"],
  proxiedEach: 0,
  processes: 1,
  window: 8,
  contentBytes: 300,
} as const satisfies Partial<ArenaOptions>;

/**
 * - `verified`: reading shows it as it should not be, and `verify` says so
 * - `detected`: the file was refused, or an entry was said to be damaged
 * - `harmless`: everything is as it was
 * - `shortened`: the WAL ends earlier, at a commit: to SQLite that is a crash before the rest
 */
type Consequence = "verified" | "detected" | "harmless" | "shortened";

export const bitRot: Fault = {
  name: "bit-rot",
  about:
    "One bit of a copy of the database or its WAL is flipped, or the file is cut off: what is then read must be right or refused.",
  isApart: true,
  needs: [],
  async run(stage) {
    const { folder, portion, random } = stage;
    const seed = random.below(1_000_000);
    const pristine = await makeDatabase(folder, seed);
    const log = await readCopy(pristine, join(folder, "whole"));
    const counts: Record<string, number> = { copies: portion };
    for (let number = 0; number < portion; number += 1) {
      const copy = join(folder, "copy");
      const damage = spoil(copyOf(pristine, copy), random);
      const consequence = await consequenceOf(copy, log, damage, stage);
      counts[consequence] = (counts[consequence] ?? 0) + 1;
    }
    return counts;
  },
};

/** A database and its WAL as a killed server leaves them: with something in both. */
async function makeDatabase(folder: string, seed: number): Promise<string> {
  await using arena = await Arena.open({ ...crowd, folder, seed });
  await arena.progress(sends);
  await arena.server.end("SIGTERM");
  await arena.startServer();
  await arena.progress(sends / 4);
  await arena.server.kill();
  return arena.serverDirectory;
}

function copyOf(from: string, to: string): string {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { mode: 0o700 });
  for (const name of [databaseName, `${databaseName}-wal`]) {
    if (existsSync(join(from, name))) copyFileSync(join(from, name), join(to, name));
  }
  return to;
}

async function readCopy(pristine: string, folder: string): Promise<ServerLog> {
  return readDatabase(join(copyOf(pristine, folder), databaseName));
}

interface Damage {
  readonly isWal: boolean;
  readonly what: string;
}

function spoil(folder: string, random: Random): Damage {
  const wal = join(folder, `${databaseName}-wal`);
  const isWal = existsSync(wal) && random.below(3) === 0;
  const file = isWal ? wal : join(folder, databaseName);
  const bytes = readFileSync(file);
  const at = random.below(bytes.length);
  const isCut = random.below(5) === 0;
  if (isCut) writeFileSync(file, bytes.subarray(0, at));
  else {
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    writeFileSync(file, bytes);
  }
  return {
    isWal,
    what: `${isWal ? "the WAL" : "the database"} ${isCut ? "cut" : "changed"} at ${at}`,
  };
}

async function consequenceOf(
  folder: string,
  whole: ServerLog,
  { isWal, what }: Damage,
  { violated }: Pick<Stage, "violated">,
): Promise<Consequence> {
  let log: ServerLog;
  try {
    log = await readDatabase(join(folder, databaseName));
  } catch {
    return "detected";
  }
  const difference = compare(whole, log);
  if (difference === undefined) return saysDamaged(log) ? "detected" : "harmless";
  if (difference.isShorter && isWal) return "shortened";
  if (isFoundByVerify(join(folder, databaseName))) return "verified";
  violated(`with ${what} nothing was said of ${difference.where}`);
  return "detected";
}

function saysDamaged(log: ServerLog): boolean {
  return [...log.values()].some((entries) => entries.some(({ kind }) => kind === "corrupt"));
}

function isFoundByVerify(file: string): boolean {
  try {
    return verifySqlite(file).problemCount > 0;
  } catch {
    return true;
  }
}

interface Difference {
  /** Everything that is there is right; the newest is not there. */
  readonly isShorter: boolean;
  readonly where: string;
}

function compare(whole: ServerLog, log: ServerLog): Difference | undefined {
  for (const key of log.keys()) {
    if (!whole.has(key)) return { isShorter: false, where: `${key}, which did not exist` };
  }
  let shorter: string | undefined;
  for (const [key, entries] of whole) {
    const read = log.get(key) ?? [];
    const other = read.find((entry, index) => !isSame(entry, entries[index]));
    if (other !== undefined) {
      return { isShorter: false, where: `${key}: ${JSON.stringify(other)}` };
    }
    if (read.length < entries.length) shorter = `${key}: ${read.length} of ${entries.length}`;
  }
  return shorter === undefined ? undefined : { isShorter: true, where: shorter };
}

/** One that is said to be damaged is no other than it was. */
function isSame(a: LoggedEntry, b: LoggedEntry | undefined): boolean {
  if (a.kind === "corrupt") return a.seq === b?.seq;
  return (
    b !== undefined &&
    a.seq === b.seq &&
    a.kind === b.kind &&
    a.id === b.id &&
    a.sender === b.sender &&
    a.hash === b.hash
  );
}
