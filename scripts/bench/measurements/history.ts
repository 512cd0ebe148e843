import type { RoomId } from "@lair-chat/protocol/ids.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import { Session } from "../../torture/session.ts";
import { startBenchServer } from "../bench-server.ts";
import { Histogram } from "../histogram.ts";
import type { Bench, Cell, Findings, Measurement } from "../measurement.ts";
import { populate } from "../population.ts";

const newestPages = 200;
/** Entries that are read of a longer history. */
const mostEntries = 10_000;

interface Outcome {
  readonly what: string;
  readonly entries: number;
  readonly calls: number;
  readonly ms: number;
  readonly pages: Histogram;
}

type Page = { readonly entries: number; readonly next: number | undefined };

async function run(bench: Bench): Promise<Findings> {
  const { history, rounds } = bench.options;
  const population = await populate(bench.newDirectory(), {
    rooms: 1,
    members: 2,
    messages: history,
  });
  await using server = await startBenchServer(population);
  const { tcpPort, httpPort } = server;
  const silent = { event: () => undefined, closed: () => undefined };
  const session = new Session("tcp", { tcpPort, httpPort, isTls: false }, silent);
  try {
    await session.signIn(population.persons[0]?.token ?? "");
    const outcomes: Outcome[] = [];
    const room = population.rooms[0] as RoomId;
    for (let round = 0; round < rounds; round += 1) {
      for (const [what, read] of Object.entries(ways))
        outcomes.push(await readAll(session, room, { what, read }));
      bench.say(
        `round ${round + 1}: ${outcomes
          .slice(-3)
          .map(({ ms }) => `${Math.round(ms)} ms`)
          .join(", ")}`,
      );
    }
    return findings(outcomes, history);
  } finally {
    session.destroy();
  }
}

type Read = (session: Session, room: RoomId, after: number) => Promise<Page>;

/** One page of each way to read a history, and from where to go on. */
const ways: Readonly<Record<string, Read>> = {
  "get_log, pages of 500": async (session, room, after) => {
    const reply = await session.call("get_log", {
      target: targetOf(room),
      after,
      limit: limits.logPageSizeMax,
    });
    const entries = reply["entries"] as readonly { readonly seq: number }[];
    return {
      entries: entries.length,
      next: reply["has_more"] === true ? entries.at(-1)?.seq : undefined,
    };
  },
  resume: async (session, room, seq) => {
    const reply = await session.call("resume", { cursors: [{ target: targetOf(room), seq }] });
    const [first] = reply["conversations"] as readonly {
      readonly entries?: readonly { readonly seq: number }[];
    }[];
    const entries = first?.entries ?? [];
    return {
      entries: entries.length,
      next: reply["has_more"] === true ? entries.at(-1)?.seq : undefined,
    };
  },
  "newest page of 50": async (session, room, after) => {
    const reply = await session.call("get_messages", {
      target: targetOf(room),
      limit: limits.pageSize,
    });
    const { length } = reply["messages"] as readonly unknown[];
    return { entries: length, next: after + 1 < newestPages ? after + 1 : undefined };
  },
};

function targetOf(room: RoomId) {
  return { type: "room", room_id: room } as const;
}

async function readAll(
  session: Session,
  room: RoomId,
  { what, read }: { readonly what: string; readonly read: Read },
): Promise<Outcome> {
  const pages = new Histogram();
  const begun = performance.now();
  let entries = 0;
  let calls = 0;
  for (let after: number | undefined = 0; after !== undefined; calls += 1) {
    const asked = performance.now();
    const page: Page = await read(session, room, after);
    pages.add(performance.now() - asked);
    entries += page.entries;
    after = entries < mostEntries ? page.next : undefined;
  }
  return { what, entries, calls, ms: performance.now() - begun, pages };
}

function findings(outcomes: readonly Outcome[], messages: number): Findings {
  const best = Object.keys(ways).map((what) => {
    const [first, ...others] = outcomes
      .filter((outcome) => outcome.what === what)
      .toSorted((a, b) => a.ms - b.ms);
    return others[Math.floor(others.length / 2) - 1] ?? first;
  });
  return {
    tables: [
      {
        title: `Reading a history of ${messages} messages`,
        columns: ["how", "calls", "entries", "ms in all", "call p50 ms", "call p99 ms"],
        rows: best.filter((outcome) => outcome !== undefined).map(row),
      },
    ],
    plots: [],
    samples: Object.fromEntries(
      Object.keys(ways).map((what) => [
        `${what} ms`,
        outcomes.filter((outcome) => outcome.what === what).map(({ ms }) => ms),
      ]),
    ),
    notes: [
      `At most ${mostEntries} entries are read, however long the history is.`,
      "One client, one call after the other; parsing what comes is part of the times.",
    ],
  };
}

function row({ what, calls, entries, ms, pages }: Outcome): readonly Cell[] {
  return [what, calls, entries, ms, pages.quantile(0.5), pages.quantile(0.99)];
}

/** How long it takes to read what was said. */
export const history: Measurement = {
  name: "history",
  about: "paging through a long history, and catching up with resume",
  run,
};
