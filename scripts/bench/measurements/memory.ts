import { startBenchServer } from "../bench-server.ts";
import { runLoad } from "../generator.ts";
import type { ProbeReading } from "../loop-probe.ts";
import type { Bench, Findings, Measurement } from "../measurement.ts";
import { populate } from "../population.ts";
import { shapeOf } from "../shapes.ts";

const members = 10;
const steps = 8;

async function run({ options, generator, newDirectory, say }: Bench): Promise<Findings> {
  const shape = shapeOf(members);
  const population = await populate(newDirectory(), shape);
  await using server = await startBenchServer(population, { isProbed: true });
  const { seats } = population;
  const target = { protocol: "lair", acks: true, seats, port: server.tcpPort } as const;
  const count = Math.max(1, Math.round(options.messages / steps));
  const readings: (readonly [number, ProbeReading])[] = [[0, await server.probe()]];
  for (let step = 1; step <= steps; step += 1) {
    await runLoad(generator, { ...shape, ...target, count, warmup: 0, patience: 600 });
    const reading = await server.probe();
    readings.push([step * count, reading]);
    say(`${step * count} messages: ${Math.round(reading.resident / 2 ** 20)} MiB resident`);
  }
  const mebibytes = (bytes: number) => bytes / 2 ** 20;
  return {
    tables: [
      {
        title: "Memory after so many messages",
        columns: ["messages", "resident MiB", "heap MiB", "buffers MiB"],
        rows: readings.map(([messages, { resident, heap, external }]) => [
          messages,
          ...[resident, heap, external].map(mebibytes),
        ]),
      },
    ],
    plots: [
      {
        name: "memory",
        title: "Memory by messages sent since the start",
        x: "messages",
        y: "MiB",
        series: [
          {
            name: "resident",
            points: readings.map(([at, { resident }]) => [at, mebibytes(resident)]),
          },
          { name: "heap", points: readings.map(([at, { heap }]) => [at, mebibytes(heap)]) },
        ],
      },
    ],
    samples: {},
    notes: [`Rooms of ${members}; after each step everybody has left, and garbage was collected.`],
  };
}

/** Whether memory grows with what is sent. */
export const memory: Measurement = {
  name: "memory",
  about: "memory after many messages",
  run,
};
