import { startBenchServer } from "../bench-server.ts";
import { type Measured, runLoad } from "../generator.ts";
import type { ProbeReading } from "../loop-probe.ts";
import type { Bench, Cell, Findings, Measurement } from "../measurement.ts";
import { copyPopulation, type Population, populate } from "../population.ts";

const members = 10;
const pingSeconds = 20;
/** Until the server has done what sign-ins left it to do. */
const settleSeconds = 3;

interface Outcome {
  readonly name: string;
  readonly measured: Measured;
  readonly empty: ProbeReading;
  readonly full: ProbeReading;
}

async function run(bench: Bench): Promise<Findings> {
  const rooms = Math.max(1, Math.round(bench.options.connections / members));
  const population = await populate(bench.newDirectory(), { rooms, members });
  const outcomes = [await measure(bench, copyOf(bench, population), rooms)];
  if (bench.generator.speaksTls) outcomes.push(await measure(bench, population, rooms, true));
  return {
    tables: [
      {
        title: `${rooms * members} idle connections, held for ${bench.options.hold} s`,
        columns: [
          "transport",
          "connects/s",
          "connect p99 ms",
          "resident KiB each",
          "heap and buffers KiB each",
          "server cores while idle",
          "dropped",
        ],
        rows: outcomes.map(row),
      },
    ],
    plots: [],
    samples: {},
    notes: [
      `Each connection is of a user of its own in a room of ${members}, signs in, and pings every ${pingSeconds} s. Memory is what the server has more than before, after a collection of garbage.`,
    ],
  };
}

function copyOf({ newDirectory }: Bench, population: Population): Population {
  return copyPopulation(population, newDirectory());
}

async function measure(
  { generator, options, say }: Bench,
  population: Population,
  rooms: number,
  isTls = false,
): Promise<Outcome> {
  await using server = await startBenchServer(population, { isTls, isProbed: true });
  const empty = await server.probe();
  let full: Promise<ProbeReading> | undefined;
  const load = {
    ...({ protocol: "lair", port: server.tcpPort, tls: isTls, seats: population.seats } as const),
    ...{ rooms, members, senders: 0, window: 1, ping: pingSeconds, patience: 600 },
    ...{ warmup: settleSeconds, seconds: options.hold },
  };
  const measured = await runLoad(generator, load, {
    pids: [server.pid],
    measuring: () => {
      full = server.probe();
    },
  });
  const name = isTls ? "tls" : "tcp";
  say(`${name}: ${measured.opening.connections} in after ${measured.opening.seconds} s`);
  if (full === undefined) throw new Error("the connections were never held");
  return { name, measured, empty, full: await full };
}

function row({ name, measured, empty, full }: Outcome): readonly Cell[] {
  const { opening, closed, serverCores } = measured;
  const each = (bytes: number) => bytes / 1024 / opening.connections;
  const used = ({ heap, external }: ProbeReading) => heap + external;
  return [
    name,
    opening.connections / opening.seconds,
    opening.p99,
    each(full.resident - empty.resident),
    each(used(full) - used(empty)),
    serverCores,
    closed,
  ];
}

/** What connections cost that say nothing. */
export const idle: Measurement = {
  name: "idle",
  about: "memory and processor time of idle connections, and how fast they get in",
  run,
};
