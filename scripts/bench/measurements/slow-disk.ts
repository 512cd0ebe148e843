import { spawnSync } from "node:child_process";
import { type BenchServer, startBenchServer } from "../bench-server.ts";
import { type Contender, loadOn } from "../contenders.ts";
import type { Measured } from "../generator.ts";
import type { ProbeReading } from "../loop-probe.ts";
import type { Bench, Findings, Measurement } from "../measurement.ts";
import { populate } from "../population.ts";
import { shapeOf } from "../shapes.ts";

const members = 10;

/** Sends a second of the last kind of load, where fsync is what limits, and not the processor. */
const gentleRate = 500;

interface Outcome {
  readonly fsyncMs: number;
  readonly load: string;
  readonly measured: Measured;
  readonly probe: ProbeReading;
}

async function run(bench: Bench): Promise<Findings> {
  const hasStrace = spawnSync("strace", ["-V"], { stdio: "ignore" }).status === 0;
  const times = bench.options.fsyncMs.filter((ms) => ms === 0 || hasStrace);
  const outcomes: Outcome[] = [];
  for (const fsyncMs of times) outcomes.push(...(await measure(bench, fsyncMs)));
  return {
    tables: [
      {
        title: `A disk whose fsync takes so much longer (rooms of ${members})`,
        columns: [
          "fsync ms more",
          "load",
          "sends/s",
          "ack p50 ms",
          "ack p99 ms",
          "loop delay p50 ms",
          "loop delay p99 ms",
          "loop delay max ms",
        ],
        rows: outcomes.map(({ fsyncMs, load, measured, probe }) => [
          fsyncMs,
          load,
          measured.acked / measured.seconds,
          measured.ack.p50,
          measured.ack.p99,
          probe.delayP50,
          probe.delayP99,
          probe.delayMax,
        ]),
      },
    ],
    plots: [],
    samples: {},
    notes: hasStrace
      ? ["strace makes the calls of fsync and fdatasync return later; other calls go untouched."]
      : [
          "Only the disk as it is was measured: strace, which slows it down, is not installed here.",
        ],
  };
}

async function measure(bench: Bench, fsyncMs: number): Promise<readonly Outcome[]> {
  const shape = shapeOf(members);
  const population = await populate(bench.newDirectory(), shape);
  const wrapper = fsyncMs === 0 ? [] : slowed(fsyncMs);
  await using server = await startBenchServer(population, { wrapper, isProbed: true });
  const { seats } = population;
  const target = { protocol: "lair", acks: true, seats, port: server.tcpPort } as const;
  const contender: Contender = { name: "tcp", target, pid: server.pid };
  const under = (load: string, rate: number) =>
    measureOne(bench, { server, contender, fsyncMs, load, rate });
  const most = await under("closed loop", 0);
  const half = most.measured.acked / most.measured.seconds / 2;
  return [most, await under("half of that", half), await under(`${gentleRate}/s`, gentleRate)];
}

interface OneRun {
  readonly server: BenchServer;
  readonly contender: Contender;
  readonly fsyncMs: number;
  readonly load: string;
  readonly rate: number;
}

async function measureOne(bench: Bench, { server, contender, ...facts }: OneRun): Promise<Outcome> {
  const { fsyncMs, load, rate } = facts;
  // What came before is forgotten.
  await server.probe();
  const measured = await loadOn(bench, contender, { ...shapeOf(members), rate });
  const probe = await server.probe();
  bench.say(`fsync ${fsyncMs} ms more, ${load}: loop delay p99 ${probe.delayP99.toFixed(1)} ms`);
  return { fsyncMs, load, measured, probe };
}

function slowed(ms: number): readonly string[] {
  const calls = "fsync,fdatasync";
  return [
    ...["strace", "-f", "--seccomp-bpf", "-q", "-o", "/dev/null"],
    ...["-e", `trace=${calls}`, "-e", `inject=${calls}:delay_exit=${ms * 1000}`],
  ];
}

/** What a slow disk does to the event loop. */
export const slowDisk: Measurement = {
  name: "slow-disk",
  about: "sends a second and the event loop's delay while fsync takes long",
  run,
};
