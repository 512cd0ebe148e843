import { setTimeout as sleep } from "node:timers/promises";
import type { RoomId } from "@lair-chat/protocol/ids.ts";
import { type BenchServer, startBenchServer } from "../bench-server.ts";
import { type Load, type Measured, runLoad } from "../generator.ts";
import type { Bench, Cell, Findings, Measurement } from "../measurement.ts";
import { MemoryWatch } from "../memory-watch.ts";
import type { BenchOptions } from "../options.ts";
import { type Person, type Population, populate } from "../population.ts";
import { type ReaderProcess, startReaders } from "../readers/reader-process.ts";
import type { Progress } from "../readers/resuming-reader.ts";
import { roomHead } from "../readers/room-head.ts";
import { interleaved, median } from "../rounds.ts";

/** What is pushed to each reader while it is stopped, at least. */
const dueBytes = 20_000_000;
const bodyBytes = 4_000;
/** That the rate is random must not make it less. */
const margin = 1.1;
const senders = 20;
const catchUpMs = 300_000;
/** Those who have all that there was so shortly ago have caught up with a chat that goes on. */
const levelMs = 1_000;
/** For which the others' times are taken behind that at least: those of a moment say little. */
const leastBehindMs = 5_000;

const most = { growthMebibytes: 100, p99Ratio: 1.2 };

const weathers = ["all read", "some stopped"] as const;

/** Resident bytes of the server when it began, and the most there was: meanwhile, and until all had caught up. */
interface Memory {
  readonly before: number;
  readonly meanwhile: number;
  readonly largest: number;
}

interface Run {
  readonly measured: Measured;
  readonly memory: Memory;
  readonly catchUpSeconds: number;
  /** Pushed to each reader meanwhile, by what those who read have got. */
  readonly due: number;
  readonly progress: readonly Progress[];
  /** Whether all have the same, and what stands in the log. */
  readonly isWhole: boolean;
}

async function run(bench: Bench): Promise<Findings> {
  const { audience, stopped, rounds } = bench.options;
  const population = await populate(bench.newDirectory(), { rooms: 1, members: audience });
  await using server = await startBenchServer(population);
  const roomId = population.rooms[0] as RoomId;
  const place = ({ token }: { readonly token: string }) => ({
    tcpPort: server.tcpPort,
    roomId,
    token,
  });
  const persons = population.persons.slice(audience - stopped).map(place);
  await using readers = startReaders(persons);
  await using witness = startReaders(population.persons.slice(0, 1).map(place));
  const world: World = { bench, server, population, readers, witness, roomId };
  await readers.reach(await headOf(world), catchUpMs);
  const results = await interleaved(weathers, rounds, async (weather) => {
    const found = await measure(world, weather === "some stopped");
    const { measured, memory, catchUpSeconds } = found;
    bench.say(
      `${weather}: delivery p99 ${measured.delivery.p99} ms, memory ${Math.round(growthOf(found))} MiB more ` +
        `(${Math.round(mebibytes(memory.meanwhile - memory.before))} meanwhile), caught up in ` +
        `${catchUpSeconds.toFixed(1)} s with p99 ${measured.behind?.delivery.p99} ms`,
    );
    return found;
  });
  return findings(results, bench.options);
}

interface World {
  readonly bench: Bench;
  readonly server: BenchServer;
  readonly population: Population;
  readonly readers: ReaderProcess;
  /** One that never stops. */
  readonly witness: ReaderProcess;
  readonly roomId: RoomId;
}

async function measure(world: World, isStopping: boolean): Promise<Run> {
  const { bench, server, readers } = world;
  const { audience, stopped } = bench.options;
  const watch = new MemoryWatch(server.pid);
  let meanwhile = Number.NaN;
  let catchUpSeconds = Number.NaN;
  try {
    const measured = await runLoad(bench.generator, chatIn(world), {
      pids: [server.pid],
      measuring: () => {
        watch.begin();
        if (isStopping) readers.stop();
      },
      goOn: async () => {
        meanwhile = watch.largest;
        if (isStopping) readers.goOn();
        catchUpSeconds = await secondsUntilLevel(world);
        watch.end();
        await sleep(Math.max(0, leastBehindMs - catchUpSeconds * 1000));
      },
    });
    const { before, largest } = watch;
    const memory = { before, meanwhile, largest };
    const due = measured.bytes / (audience - stopped);
    return { measured, memory, catchUpSeconds, due, ...(await inTheEnd(world)) };
  } finally {
    watch.end();
    readers.goOn();
  }
}

function chatIn({ bench, server, population }: World): Load {
  const { audience, stopped, stall, warmup } = bench.options;
  const members = audience - stopped;
  return {
    protocol: "lair",
    acks: true,
    port: server.tcpPort,
    seats: population.seats,
    rooms: 1,
    members,
    senders: Math.min(senders, members),
    window: 1,
    body: bodyBytes,
    rate: (dueBytes * margin) / stall / bodyBytes,
    seconds: stall,
    warmup,
  };
}

/** How long the readers take to have everything, of which there is ever more. @throws Error when they never do */
async function secondsUntilLevel(world: World): Promise<number> {
  const begun = performance.now();
  for (let now = begun; ; ) {
    const head = await headOf(world);
    await world.readers.reach(head, catchUpMs);
    const before = now;
    now = performance.now();
    if (now - before < levelMs) return (now - begun) / 1000;
    if (now - begun > catchUpMs) throw new Error("readers never catch up with the chat");
  }
}

async function inTheEnd(world: World): Promise<Pick<Run, "progress" | "isWhole">> {
  const head = await headOf(world);
  const progress = await world.readers.reach(head, catchUpMs);
  const witnessed = await world.witness.reach(head, catchUpMs);
  const isWhole = new Set([...progress, ...witnessed].map(({ digest }) => digest)).size === 1;
  return { progress, isWhole };
}

async function headOf({ server, population, roomId }: World): Promise<number> {
  return roomHead(server, population.persons[0] as Person, roomId);
}

const mebibytes = (bytes: number) => bytes / 2 ** 20;

type Results = ReadonlyMap<(typeof weathers)[number], readonly Run[]>;

const p99Of = (runs: readonly Run[]) => runs.map(({ measured }) => measured.delivery.p99);
const behindP99Of = (runs: readonly Run[]) =>
  runs.map(({ measured }) => measured.behind?.delivery.p99 ?? Number.NaN);
const stalledGrowthOf = ({ memory }: Run) => mebibytes(memory.meanwhile - memory.before);
const growthOf = ({ memory }: Run) => mebibytes(memory.largest - memory.before);

function findings(results: Results, { audience, stopped, stall }: BenchOptions): Findings {
  const calm = results.get("all read") ?? [];
  const stopping = results.get("some stopped") ?? [];
  return {
    tables: [
      {
        title: `A room of ${audience} while ${stopped} of them take nothing for ${stall} s`,
        columns: [
          "readers",
          "sends/s",
          "MB due to each",
          "delivery p50 ms",
          "delivery p99 ms",
          "of all read",
          "p99 ms behind that",
          "MiB before",
          "MiB meanwhile",
          "MiB at most",
          "s to catch up",
          "resyncs",
          "reconnects",
        ],
        rows: [...results].map(([weather, runs]) => rowOf(weather, runs, median(p99Of(calm)))),
      },
      {
        title: "What is asked of it",
        columns: ["what", "measured", "at most", "met"],
        rows: verdicts(calm, stopping),
      },
    ],
    plots: [],
    samples: {
      "all read delivery p99 ms": p99Of(calm),
      "some stopped delivery p99 ms": p99Of(stopping),
      "all read delivery p99 ms behind that": behindP99Of(calm),
      "some stopped delivery p99 ms behind that": behindP99Of(stopping),
      "MiB more": stopping.map(growthOf),
    },
    notes: [
      "Behind that those who were stopped catch up together while the others go on as before, for as long as it takes and at least 5 s; MiB at most is with that, until they have caught up.",
      `Those who stop share a process that gets SIGSTOP: their sockets stay open, and the system takes what fits into them. Bodies of ${bodyBytes} bytes.`,
      "Each shows the next entry or none, so that nothing is shown twice and nothing out of order; in the end all have to have the same entries up to the end of the log, and the same as a reader that never stopped.",
      "The memory is all of the server's that lies in RAM, also what garbage has not been collected of.",
    ],
  };
}

function rowOf(weather: string, runs: readonly Run[], calmP99: number): readonly Cell[] {
  const p99 = median(p99Of(runs));
  return [
    weather,
    median(runs.map(({ measured }) => measured.acked / measured.seconds)),
    median(runs.map(({ due }) => due / 1e6)),
    median(runs.map(({ measured }) => measured.delivery.p50)),
    p99,
    p99 / calmP99,
    median(behindP99Of(runs)),
    median(runs.map(({ memory }) => mebibytes(memory.before))),
    Math.max(...runs.map(({ memory }) => mebibytes(memory.meanwhile))),
    Math.max(...runs.map(({ memory }) => mebibytes(memory.largest))),
    median(runs.map(({ catchUpSeconds }) => catchUpSeconds)),
    ...lastCounts(runs),
  ];
}

function verdicts(calm: readonly Run[], stopping: readonly Run[]): readonly (readonly Cell[])[] {
  const ratio = median(p99Of(stopping)) / median(p99Of(calm));
  const growths = [
    ["MiB more while some are stopped", stalledGrowthOf],
    ["MiB more while some are stopped, and until they have caught up", growthOf],
  ] as const;
  const isWhole = [...calm, ...stopping].every((one) => one.isWhole);
  const wholeText = "entries missing, doubled or different in the end";
  return [
    ...growths.map(([what, of]) => {
      const growth = Math.max(...stopping.map(of));
      return [what, growth, most.growthMebibytes, met(growth <= most.growthMebibytes)];
    }),
    [
      "p99 of the others, of what it is while all read",
      ratio,
      most.p99Ratio,
      met(ratio <= most.p99Ratio),
    ],
    [wholeText, isWhole ? 0 : undefined, 0, met(isWhole)],
  ];
}

/** They count from the beginning. */
function lastCounts(runs: readonly Run[]): readonly number[] {
  const last = runs.at(-1)?.progress ?? [];
  const sum = (of: (one: Progress) => number) => last.reduce((total, one) => total + of(one), 0);
  return [sum(({ resyncs }) => resyncs), sum(({ reconnects }) => reconnects)];
}

function met(isMet: boolean): string {
  return isMet ? "yes" : "NO";
}

/** What some who stop reading do to the others and to the server. */
export const stoppedReaders: Measurement = {
  name: "stopped-readers",
  about: "memory, and the others' times, while some readers of a large room take nothing",
  run,
};
