import { startBenchServer } from "../bench-server.ts";
import { type Contender, loadOn, profiling } from "../contenders.ts";
import type { Measured } from "../generator.ts";
import type { Bench, Cell, Findings, Measurement } from "../measurement.ts";
import { populate } from "../population.ts";
import { interleaved, median } from "../rounds.ts";
import { shapeOf } from "../shapes.ts";

const shares = [0.5, 0.8] as const;

interface Run extends Measured {
  /** The 99th percentile of how late the event loop was, in milliseconds. */
  readonly loopDelay: number;
}

interface Outcome {
  readonly size: number;
  readonly share: number;
  readonly rate: number;
  readonly runs: readonly Run[];
}

async function run(bench: Bench): Promise<Findings> {
  const outcomes: Outcome[] = [];
  for (const size of bench.options.sizes) outcomes.push(...(await measureSize(bench, size)));
  return {
    tables: [
      {
        title: "Times at half and at 80 % of what was the most in the same run (ms)",
        columns: [
          "members",
          "load",
          "sends/s",
          ...["ack p50", "p99", "p99.9", "delivery p50", "p99", "p99.9", "loop delay p99"],
        ],
        rows: outcomes.map(row),
      },
    ],
    plots: [],
    samples: Object.fromEntries(
      outcomes.map(({ size, share, runs }) => [
        `delivery p99 ms at ${share} in rooms of ${size}`,
        runs.map(({ delivery }) => delivery.p99),
      ]),
    ),
    notes: [
      "Open loop over TCP: messages come at random times whatever the server does, and their times count from when they were due.",
    ],
  };
}

async function measureSize(bench: Bench, size: number): Promise<readonly Outcome[]> {
  const { options, newDirectory, say } = bench;
  const shape = shapeOf(size);
  const population = await populate(newDirectory(), shape);
  const nodeArgs = profiling(options);
  await using server = await startBenchServer(population, { isProbed: true, nodeArgs });
  const { seats } = population;
  const target = { protocol: "lair", acks: true, seats, port: server.tcpPort } as const;
  const contender: Contender = { name: "tcp", target, pid: server.pid };
  const most = await interleaved([contender], options.rounds, () =>
    loadOn(bench, contender, shape),
  );
  const maximum = median([...most.values()].flat().map(({ acked, seconds }) => acked / seconds));
  say(`rooms of ${size}: at most ${Math.round(maximum)} sends/s`);
  const results = await interleaved(shares, options.rounds, async (share) => {
    // What came before is forgotten.
    await server.probe();
    const measured = await loadOn(bench, contender, { ...shape, rate: maximum * share });
    return { ...measured, loopDelay: (await server.probe()).delayP99 };
  });
  return [...results].map(([share, runs]) => ({ size, share, rate: maximum * share, runs }));
}

function row({ size, share, rate, runs }: Outcome): readonly Cell[] {
  const middle = (of: (run: Run) => number) => median(runs.map(of));
  return [
    size,
    `${share * 100} %`,
    rate,
    middle(({ ack }) => ack.p50),
    middle(({ ack }) => ack.p99),
    middle(({ ack }) => ack.p999),
    middle(({ delivery }) => delivery.p50),
    middle(({ delivery }) => delivery.p99),
    middle(({ delivery }) => delivery.p999),
    middle(({ loopDelay }) => loopDelay),
  ];
}

/** How long acknowledgements and deliveries take. */
export const latency: Measurement = {
  name: "latency",
  about: "p50, p99 and p99.9 of acknowledgements and deliveries at half and 80 % of the most",
  run,
};
