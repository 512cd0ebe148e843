import { type Contender, loadOn, startRival, startTransports } from "../contenders.ts";
import type { Measured } from "../generator.ts";
import type { Bench, Cell, Findings, Measurement } from "../measurement.ts";
import { populate } from "../population.ts";
import { interleaved, median } from "../rounds.ts";
import { shapeOf } from "../shapes.ts";

interface Outcome {
  readonly size: number;
  readonly name: string;
  readonly runs: readonly Measured[];
}

/** Messages a second that were dealt with entirely: delivered to all, and acknowledged by who does that. */
const sendsOf = ({ size, runs }: Outcome) =>
  runs.map((measured) => doneBy(measured, size) / measured.seconds);

function doneBy({ acked, delivered }: Measured, members: number): number {
  const received = delivered / members;
  return acked > 0 ? Math.min(acked, received) : received;
}

const deliveriesOf = ({ runs }: Outcome) =>
  runs.map(({ delivered, seconds }) => delivered / seconds);

async function run(bench: Bench): Promise<Findings> {
  const outcomes: Outcome[] = [];
  for (const size of bench.options.sizes) outcomes.push(...(await measureSize(bench, size)));
  const names = [...new Set(outcomes.map(({ name }) => name))];
  return {
    tables: [
      {
        title: "Messages acknowledged from disk, and deliveries, a second",
        columns: [
          "members",
          "server",
          "connects/s",
          "sends/s",
          "deliveries/s",
          "bytes received/delivery",
          "ack p50 ms",
          "server cores",
          "us/send",
          "on the main thread",
          "machine cores",
          "of the relay",
          "times naive",
          "of plain TCP",
        ],
        rows: outcomes.map((outcome) => row(outcome, outcomes)),
      },
    ],
    plots: [
      {
        name: "fanout",
        title: "Deliveries a second by the size of the room",
        x: "members of a room",
        y: "deliveries a second",
        series: names.map((name) => ({
          name,
          points: outcomes
            .filter((outcome) => outcome.name === name)
            .map((outcome) => [outcome.size, median(deliveriesOf(outcome))] as const),
        })),
      },
    ],
    samples: Object.fromEntries(
      outcomes.map((outcome) => [`${outcome.name} ${outcome.size} sends/s`, sendsOf(outcome)]),
    ),
    notes: [
      "A send of tcp, tls and ws is authenticated, checked, stored and fsynced before it is acknowledged; the relay and the peers store nothing.",
      "Machine cores are all that were in use, by whomever: where they are all there are, the rows share them with the load generator.",
      "Closed loop: the next message is sent when one is acknowledged and delivered to everybody.",
    ],
  };
}

async function measureSize(bench: Bench, size: number): Promise<readonly Outcome[]> {
  const { options, rivals, newDirectory, say } = bench;
  await using stack = new AsyncDisposableStack();
  const shape = shapeOf(size);
  const population = await populate(newDirectory(), shape);
  const { transports } = options;
  const contenders: Contender[] = [
    ...(await startTransports(bench, population, transports, stack)),
  ];
  for (const rival of rivals) contenders.push(await startRival(bench, rival, stack));
  const results = await interleaved(contenders, options.rounds, async (contender) => {
    const measured = await loadOn(bench, contender, shape);
    const sends = Math.round(doneBy(measured, size) / measured.seconds);
    say(`rooms of ${size}, ${contender.name}: ${sends} sends/s`);
    return measured;
  });
  return [...results].map(([{ name }, runs]) => ({ size, name, runs }));
}

function row(outcome: Outcome, all: readonly Outcome[]): readonly Cell[] {
  const { size, name, runs } = outcome;
  const sends = median(sendsOf(outcome));
  const ratio = (to: string) => {
    const other = all.find((one) => one.size === size && one.name === to);
    return other === undefined || other === outcome ? undefined : sends / median(sendsOf(other));
  };
  const isOurs = ["tcp", "tls", "ws"].includes(name);
  return [
    size,
    name,
    median(runs.map(({ opening }) => opening.connections / opening.seconds)),
    sends,
    median(deliveriesOf(outcome)),
    bytesOf(runs),
    runs.some(({ acked }) => acked > 0) ? median(runs.map(({ ack }) => ack.p50)) : undefined,
    coresOf(runs),
    perSend(outcome, ({ serverCores }) => serverCores),
    perSend(outcome, ({ mainThreadCores }) => mainThreadCores),
    median(runs.map(({ machineCores }) => machineCores)),
    isOurs || name === "naive" ? ratio("relay") : undefined,
    isOurs ? ratio("naive") : undefined,
    isOurs ? ratio("tcp") : undefined,
  ];
}

/** The load generator in Node does not count them. */
function bytesOf(runs: readonly Measured[]): Cell {
  const counted = runs.filter(({ bytes }) => bytes > 0);
  return counted.length === 0
    ? undefined
    : median(counted.map(({ bytes, delivered }) => bytes / delivered));
}

function coresOf(runs: readonly Measured[]): Cell {
  const known = runs.map(({ serverCores }) => serverCores).filter((cores) => cores !== undefined);
  return known.length === 0 ? undefined : median(known);
}

/** Microseconds of processor time that the server took for a message. */
function perSend({ runs, size }: Outcome, cores: (run: Measured) => number | undefined): Cell {
  const known = runs.flatMap((measured) => {
    const used = cores(measured);
    return used === undefined ? [] : [(used * measured.seconds * 1e6) / doneBy(measured, size)];
  });
  return known.length === 0 ? undefined : median(known);
}

/** How many messages and deliveries a second, beside others. */
export const fanout: Measurement = {
  name: "fanout",
  about: "sends and deliveries a second by room size and transport, beside others",
  run,
};
