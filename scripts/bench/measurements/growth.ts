import { startBenchServer } from "../bench-server.ts";
import { type Contender, loadOn } from "../contenders.ts";
import type { Measured, Shape } from "../generator.ts";
import type { Bench, Cell, Findings, Measurement, Table } from "../measurement.ts";
import { type PopulationPlan, populate } from "../population.ts";
import { residentBytes } from "../processes.ts";
import { median } from "../rounds.ts";
import { shapeOf } from "../shapes.ts";

interface Point {
  readonly size: number;
  readonly runs: readonly Measured[];
  readonly startMs: number;
  readonly mebibytes: number | undefined;
}

interface Curve {
  readonly name: string;
  readonly sizes: readonly number[];
  readonly shape: (size: number) => Shape;
  readonly others: (size: number, shape: Shape) => Omit<PopulationPlan, "rooms" | "members">;
}

/** The same few rooms are used, whatever else there is. */
const used = shapeOf(2);

function curvesOf({ options }: Bench): readonly Curve[] {
  const { growRooms, growMembers, growMessages, growUsers } = options;
  const usedUsers = used.rooms * used.members;
  return [
    {
      name: "rooms",
      sizes: growRooms,
      shape: (size) => ({ ...used, rooms: Math.min(Math.max(size, 1), used.rooms) }),
      others: (size, { rooms }) => ({ otherRooms: Math.max(0, size - rooms) }),
    },
    {
      name: "members",
      sizes: growMembers,
      shape: (members) => ({ rooms: 1, members, senders: Math.min(members, 16), window: 4 }),
      others: () => ({}),
    },
    {
      name: "messages",
      sizes: growMessages,
      shape: () => used,
      others: (messages) => ({ messages }),
    },
    {
      name: "users",
      sizes: growUsers,
      shape: () => used,
      others: (size) => ({ otherUsers: Math.max(0, size - usedUsers) }),
    },
  ];
}

async function run(bench: Bench): Promise<Findings> {
  const results: { readonly curve: Curve; readonly points: readonly Point[] }[] = [];
  for (const curve of curvesOf(bench)) {
    const points: Point[] = [];
    for (const size of curve.sizes) points.push(await measure(bench, curve, size));
    results.push({ curve, points });
  }
  return {
    tables: results.map(({ curve, points }) => tableOf(curve, points)),
    plots: [
      {
        name: "growth",
        title: "Processor time of a message as things grow",
        x: "how many there are",
        y: "microseconds of a message",
        series: results.map(({ curve, points }) => ({
          name: curve.name,
          points: points.map((point) => [point.size, microseconds(point) ?? 0] as const),
        })),
      },
    ],
    samples: Object.fromEntries(
      results.flatMap(({ curve, points }) =>
        points.map(({ size, runs }) => [`${curve.name} ${size} sends/s`, runs.map(ackedOf)]),
      ),
    ),
    notes: [
      "Only a few rooms are used, the others are there. With members the room that is used is what grows, so a message is also delivered to more.",
    ],
  };
}

async function measure(bench: Bench, curve: Curve, size: number): Promise<Point> {
  const shape = curve.shape(size);
  const plan = { ...curve.others(size, shape), rooms: shape.rooms, members: shape.members };
  const population = await populate(bench.newDirectory(), plan);
  await using server = await startBenchServer(population);
  const { seats } = population;
  const target = { protocol: "lair", acks: true, seats, port: server.tcpPort } as const;
  const contender: Contender = { name: "tcp", target, pid: server.pid };
  const bytes = residentBytes(server.pid);
  const runs: Measured[] = [];
  for (let round = 0; round < bench.options.rounds; round += 1) {
    runs.push(await loadOn(bench, contender, shape));
  }
  bench.say(`${size} ${curve.name}: ${Math.round(median(runs.map(ackedOf)))} sends/s`);
  const mebibytes = bytes === undefined ? undefined : bytes / 2 ** 20;
  return { size, runs, startMs: server.startMs, mebibytes };
}

function ackedOf({ acked, seconds }: Measured): number {
  return acked / seconds;
}

function microseconds({ runs }: Point): number | undefined {
  const known = runs.flatMap(({ serverCores, acked, seconds }) =>
    serverCores === undefined ? [] : [(serverCores * seconds * 1e6) / acked],
  );
  return known.length === 0 ? undefined : median(known);
}

function tableOf({ name }: Curve, points: readonly Point[]): Table {
  const first = points[0];
  const least = first === undefined ? Number.NaN : median(first.runs.map(ackedOf));
  const row = (point: Point): readonly Cell[] => {
    const sends = median(point.runs.map(ackedOf));
    const p99 = median(point.runs.map(({ ack }) => ack.p99));
    const { size, startMs, mebibytes } = point;
    return [size, sends, sends / least, microseconds(point), p99, startMs, mebibytes];
  };
  return {
    title: `As ${name} grow`,
    columns: [
      name,
      "sends/s",
      "of the first",
      "server us/send",
      "ack p99 ms",
      "start ms",
      "resident MiB at start",
    ],
    rows: points.map(row),
  };
}

/** What becomes dearer the more there is. */
export const growth: Measurement = {
  name: "growth",
  about: "cost of a message by how many rooms, members, stored messages and users there are",
  run,
};
