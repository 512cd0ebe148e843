import { limits } from "@lair-chat/protocol/limits.ts";
import { Session } from "../../torture/session.ts";
import { type BenchServer, startBenchServer } from "../bench-server.ts";
import { loadOn } from "../contenders.ts";
import type { Measured, Shape } from "../generator.ts";
import { Histogram } from "../histogram.ts";
import type { Bench, Cell, Findings, Measurement, Table } from "../measurement.ts";
import { type Population, type PopulationPlan, populate } from "../population.ts";
import { residentBytes } from "../processes.ts";
import { interleaved, median } from "../rounds.ts";
import { shapeOf } from "../shapes.ts";

/** Their p99 rests on the slowest thirty: of a few hundred it would rest on three. */
const firstPagesRead = 3_000;

interface Run {
  readonly measured: Measured;
  readonly startMs: number;
  readonly mebibytes: number;
  readonly firstPages: Histogram;
}

interface Point {
  readonly size: number;
  readonly runs: readonly Run[];
}

interface World {
  readonly size: number;
  readonly shape: Shape;
  readonly population: Population;
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
    results.push({ curve, points: await measureCurve(bench, curve) });
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
        points.map(({ size, runs }) => [`${curve.name} ${size} sends/s`, sendsOf(runs)]),
      ),
    ),
    notes: [
      "What a round sends stays for those behind it, some 100,000 messages each. The start and its memory are those of the first round.",
      `The first page is the newest ${limits.pageSize} messages of one room, read ${firstPagesRead} times in a row behind the load; its time includes parsing it.`,
      "Only a few rooms are used, the others are there. With members the room that is used is what grows, so a message is also delivered to more.",
    ],
  };
}

/** A server is started anew for each point in each round, so that what disturbs meets all points. */
async function measureCurve(bench: Bench, curve: Curve): Promise<readonly Point[]> {
  const worlds: World[] = [];
  for (const size of curve.sizes) {
    const shape = curve.shape(size);
    const plan = { ...curve.others(size, shape), rooms: shape.rooms, members: shape.members };
    worlds.push({ size, shape, population: await populate(bench.newDirectory(), plan) });
  }
  const results = await interleaved(worlds, bench.options.rounds, async (world) => {
    const found = await measure(bench, world);
    bench.say(`${world.size} ${curve.name}: ${Math.round(ackedOf(found.measured))} sends/s`);
    return found;
  });
  return [...results].map(([{ size }, runs]) => ({ size, runs }));
}

async function measure(bench: Bench, { shape, population }: World): Promise<Run> {
  await using server = await startBenchServer(population);
  const { startMs } = server;
  const bytes = residentBytes(server.pid) ?? Number.NaN;
  const { seats } = population;
  const target = { protocol: "lair", acks: true, seats, port: server.tcpPort } as const;
  const measured = await loadOn(bench, { name: "tcp", target, pid: server.pid }, shape);
  const firstPages = await readFirstPages(server, population);
  return { measured, startMs, mebibytes: bytes / 2 ** 20, firstPages };
}

/** Times of the newest page of one room, asked for again and again by one who has nothing else to do. */
async function readFirstPages(
  server: BenchServer,
  { persons, rooms }: Population,
): Promise<Histogram> {
  const silent = { event: () => undefined, closed: () => undefined };
  const session = new Session("tcp", { ...server, isTls: false }, silent);
  const times = new Histogram();
  try {
    const [person] = persons;
    const [room] = rooms;
    if (person === undefined || room === undefined) throw new Error("nobody is in any room");
    await session.signIn(person.token);
    const target = { type: "room", room_id: room };
    for (let page = 0; page < firstPagesRead; page += 1) {
      const asked = performance.now();
      await session.call("get_messages", { target, limit: limits.pageSize });
      times.add(performance.now() - asked);
    }
    return times;
  } finally {
    session.destroy();
  }
}

function ackedOf({ acked, seconds }: Measured): number {
  return acked / seconds;
}

function sendsOf(runs: readonly Run[]): readonly number[] {
  return runs.map(({ measured }) => ackedOf(measured));
}

function microseconds({ runs }: Point): number | undefined {
  const known = runs.flatMap(({ measured: { serverCores, acked, seconds } }) =>
    serverCores === undefined ? [] : [(serverCores * seconds * 1e6) / acked],
  );
  return known.length === 0 ? undefined : median(known);
}

function tableOf({ name }: Curve, points: readonly Point[]): Table {
  const first = points[0];
  const least = first === undefined ? Number.NaN : median(sendsOf(first.runs));
  const row = (point: Point): readonly Cell[] => {
    const { size, runs } = point;
    const sends = median(sendsOf(runs));
    return [
      size,
      sends,
      sends / least,
      microseconds(point),
      median(runs.map(({ measured }) => measured.ack.p99)),
      median(runs.map(({ firstPages }) => firstPages.quantile(0.99))),
      runs[0]?.startMs,
      runs[0]?.mebibytes,
    ];
  };
  return {
    title: `As ${name} grow`,
    columns: [
      name,
      "sends/s",
      "of the first",
      "server us/send",
      "ack p99 ms",
      "first page p99 ms",
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
