import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { verifySqlite } from "../../../server/storage/verify-sqlite.ts";
import { Arena, deviceHistories } from "../arena.ts";
import { checkHistories, type Verdict } from "../check-histories.ts";
import { readDiskEvents, traceCommand } from "../disk-events.ts";
import type { Fault, Stage } from "../fault.ts";
import type { DeviceHistory, ServerLog } from "../histories.ts";
import type { HistoryRecord } from "../history.ts";
import { type DiskImage, diskImages } from "../power-loss.ts";
import { readDatabase } from "../read-database.ts";
import { smallCrowd } from "../small-crowd.ts";

const databaseName = "lair-chat.db";
/** The index of the WAL is made anew from it and promises nothing. */
const databaseFiles: ReadonlySet<string> = new Set([
  databaseName,
  `${databaseName}-wal`,
  `${databaseName}-journal`,
]);
const recordedSends = 1000;

const crowd = { ...smallCrowd, window: 4, contentBytes: 200 };

export const powerLoss: Fault = {
  name: "power-loss",
  about:
    "All writes of a server are recorded (strace); of disks that lost their power at random moments each is opened as the server opens it.",
  isApart: true,
  needs: ["strace attach", "procfs"],
  async run(stage) {
    const { folder, random, portion, found, violated } = stage;
    const imageFolder = join(folder, "image");
    const log = join(folder, "trace.log");
    const seed = random.below(1_000_000);
    const histories = await makeRecording(folder, log, seed);
    const events = await readDiskEvents(log);
    rmSync(log);
    let withTold = 0;
    for (const image of diskImages(events, portion, random)) {
      if (image.told.size > 0) withTold += 1;
      found(await examine(image, histories, { folder: imageFolder, violated }));
    }
    const syncs = events.filter(({ kind }) => kind === "sync").length;
    return { recordings: 1, images: portion, imagesWithAcks: withTold, syncs };
  },
};

/** Runs a server under strace until enough was sent, and pulls its plug. */
async function makeRecording(
  folder: string,
  log: string,
  seed: number,
): Promise<readonly DeviceHistory[]> {
  const server = { wrapper: traceCommand(log) };
  await using arena = await Arena.open({ ...crowd, folder, seed, server });
  await arena.progress(recordedSends, 60_000);
  await arena.server.kill();
  await Promise.all(arena.groups.map((group) => group.stop()));
  return [...deviceHistories(arena.people)].map((device) => ({
    ...device,
    conversations: [],
    records: [...device.records],
  }));
}

/** Holds what is on the disk against all that anybody had been told. */
async function examine(
  image: DiskImage,
  histories: readonly DeviceHistory[],
  { folder, violated }: Pick<Stage, "folder" | "violated">,
): Promise<Verdict> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  for (const [path, content] of image.files) {
    const name = basename(path);
    if (databaseFiles.has(name)) writeFileSync(join(folder, name), content, { mode: 0o600 });
  }
  const log = await readImage(join(folder, databaseName), violated);
  const devices = histories.map((device) => ({
    ...device,
    records: [...device.records].filter((record) => wasBefore(record, image.told)),
  }));
  const verdict = checkHistories(log, devices);
  const lost = Math.max(verdict.violations.lost, countMissing(log, image.told));
  return { ...verdict, violations: { ...verdict.violations, lost } };
}

/** What was sent is known whenever it was; what was acknowledged only once somebody was told. */
function wasBefore(record: HistoryRecord, told: ReadonlySet<string>): boolean {
  if (record[0] === "ok") return told.has(record[2]);
  return record[0] === "invoke" || record[0] === "fail" || record[0] === "info";
}

/** Told to anybody, the sender or those who listen, and not there. */
function countMissing(log: ServerLog, told: ReadonlySet<string>): number {
  const there = new Set([...log.values()].flatMap((entries) => entries.map(({ id }) => id)));
  return [...told].filter((id) => !there.has(id)).length;
}

async function readImage(file: string, violated: Stage["violated"]): Promise<ServerLog> {
  // The power went before there was a database.
  if (!existsSync(file)) return new Map();
  try {
    const log = await readDatabase(file);
    const { problemCount, problems } = verifySqlite(file);
    if (problemCount > 0)
      violated(`a disk that lost its power holds damage: ${problems.join("; ")}`);
    return log;
  } catch (error) {
    violated(`a disk that lost its power cannot be read: ${String(error)}`);
    return new Map();
  }
}
