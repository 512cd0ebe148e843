import type { Result } from "@lair-chat/protocol/registry.ts";
import type { Handler } from "../../commands/handler.ts";
import type { AdminDeps } from "./admin-deps.ts";
import {
  countMessages,
  countMessagesSince,
  countRooms,
  countSessions,
  countUsers,
} from "./stats-store.ts";

type Deps = Pick<AdminDeps, "db" | "clock" | "presence" | "connectionCounts" | "startedAt">;
type Stats = Result<"get_stats">["stats"];
type MessageCounts = Stats["messages"];

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Counting messages reads much of the database, so it is done at most that often. */
const messagesCountedMs = 60_000;

export function createGetStats(deps: Deps): Handler<"get_stats"> {
  const messageCounts = createMessageCounts(deps);
  return async () => {
    const { db, clock, presence, connectionCounts, startedAt } = deps;
    const now = clock.now();
    const online = presence.onlineUsers().size;
    const users = await countUsers(db, startOf(dayMs, now));
    const rooms = await countRooms(db, now - dayMs);
    const stats: Stats = {
      total_users: users.total,
      total_rooms: rooms.total,
      online_users: online,
      users: { total: users.total, online, created_today: users.createdSince },
      rooms,
      messages: await messageCounts(),
      connections: { ...connectionCounts(), http_sessions: await countSessions(db, now) },
      uptime_seconds: Math.max(0, Math.floor((now - startedAt) / 1000)),
    };
    return { stats };
  };
}

/** The day, or the hour, that it is, in UTC. */
function startOf(periodMs: number, now: number): number {
  return now - (now % periodMs);
}

/** Counts for all who ask meanwhile, and remembers for a minute. */
function createMessageCounts({ db, clock }: Pick<Deps, "db" | "clock">) {
  let counted: Promise<MessageCounts> | undefined;
  let countedAt = 0;
  return (): Promise<MessageCounts> => {
    const now = clock.now();
    const isFresh = now >= countedAt && now - countedAt < messagesCountedMs;
    if (counted === undefined || !isFresh) {
      countedAt = now;
      counted = countAt(db, now);
      counted.catch(() => {
        counted = undefined;
      });
    }
    return counted;
  };
}

async function countAt(db: Deps["db"], now: number): Promise<MessageCounts> {
  return {
    total: await countMessages(db),
    today: await countMessagesSince(db, startOf(dayMs, now)),
    this_hour: await countMessagesSince(db, startOf(hourMs, now)),
  };
}
