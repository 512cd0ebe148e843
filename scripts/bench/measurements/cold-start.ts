import { randomBytes } from "node:crypto";
import { startBenchServer } from "../bench-server.ts";
import type { Bench, Findings, Measurement } from "../measurement.ts";
import { populate } from "../population.ts";
import { residentBytes } from "../processes.ts";
import { interleaved, median } from "../rounds.ts";

interface Start {
  readonly ms: number;
  readonly mebibytes: number | undefined;
}

async function run({ options, newDirectory, say }: Bench): Promise<Findings> {
  const filled = await populate(newDirectory(), {
    rooms: 10,
    members: 10,
    messages: options.history,
  });
  const contenders = [
    { name: "for the first time", place: newPlace },
    { name: `on ${options.history} messages`, place: () => filled },
  ];
  function newPlace() {
    return { directory: newDirectory(), secret: randomBytes(48).toString("base64url") };
  }
  const results = await interleaved(contenders, options.rounds, async ({ name, place }) => {
    const start = await startOnce(place());
    say(`${name}: ready after ${Math.round(start.ms)} ms`);
    return start;
  });
  const named = [...results].map(([{ name }, starts]) => ({ name, starts }));
  return {
    tables: [
      {
        title: "From the start of the process until it accepts connections",
        columns: ["start", "ms", "resident MiB"],
        rows: named.map(({ name, starts }) => [
          name,
          median(starts.map(({ ms }) => ms)),
          median(starts.map(({ mebibytes }) => mebibytes ?? Number.NaN)),
        ]),
      },
    ],
    plots: [],
    samples: Object.fromEntries(
      named.map(({ name, starts }) => [`${name} ms`, starts.map(({ ms }) => ms)]),
    ),
    notes: [],
  };
}

async function startOnce(place: Parameters<typeof startBenchServer>[0]): Promise<Start> {
  await using server = await startBenchServer(place);
  const bytes = residentBytes(server.pid);
  return { ms: server.startMs, mebibytes: bytes === undefined ? undefined : bytes / 2 ** 20 };
}

/** How soon it is there. */
export const coldStart: Measurement = {
  name: "cold-start",
  about: "time until the server accepts connections, and memory then",
  run,
};
