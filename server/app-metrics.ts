import type { MetricSources } from "./metric-sources.ts";
import type { MetricRegistry } from "./observability/metrics/registry.ts";

/** What carries connections; HTTP has none that last. */
const carriers = ["tcp", "websocket"] as const;

/** Says of everything where it is read. docs/limits.md says of each bound what happens at it. */
export function addServerMetrics(registry: MetricRegistry, sources: MetricSources): void {
  addConnections(registry, sources);
  addReaders(registry, sources);
  addTraffic(registry, sources);
  addHub(registry, sources);
  addListeners(registry, sources);
  addStorage(registry, sources);
  addCallers(registry, sources);
  addCounts(registry, sources);
}

type Part<Name extends keyof MetricSources> = Pick<MetricSources, Name>;

function addConnections(
  registry: MetricRegistry,
  { connections, limits }: Part<"connections" | "limits">,
): void {
  registry.bounded(
    "lair_connections",
    "Connections for chat, by what carries them and whether they have signed in.",
    {
      size: () => {
        const { open } = connections.stats();
        return carriers.flatMap((transport) => [
          [{ transport, state: "signed_in" }, open[transport].signedIn] as const,
          [{ transport, state: "signing_in" }, open[transport].signingIn] as const,
        ]);
      },
      limit: limits.maxConnections,
    },
  );
  registry.bounded(
    "lair_signing_in_networks",
    "Networks with connections that have not signed in.",
    {
      size: () => connections.stats().signingInNetworks,
      limit: limits.maxConnections,
    },
  );
  registry.gauge(
    "lair_waiting_requests",
    "Requests that wait for others of their connection.",
    () => connections.stats().waitingRequests,
  );
  registry.gauge(
    "lair_waiting_requests_limit",
    "The most of them that one connection may have.",
    () => limits.waitingRequests,
  );
}

function addReaders(
  registry: MetricRegistry,
  { connections, limits }: Part<"connections" | "limits">,
): void {
  registry.gauge(
    "lair_unsent_bytes",
    "Bytes that readers have not taken.",
    () => connections.stats().unsentBytes,
  );
  registry.gauge(
    "lair_unsent_bytes_largest",
    "Of the reader that is furthest behind.",
    () => connections.stats().unsentBytesLargest,
  );
  registry.gauge(
    "lair_unsent_bytes_largest_limit",
    "The most that may be pushed to it.",
    () => limits.outboxBytes,
  );
  registry.gauge(
    "lair_lagging_readers",
    "Readers that are left out of what is pushed.",
    () => connections.lagCounts.lagging,
  );
  registry.counter(
    "lair_lags_total",
    "How often a reader came to be left out.",
    () => connections.lagCounts.lags,
  );
  registry.counter(
    "lair_resyncs_total",
    "How often one that was left out could go on.",
    () => connections.lagCounts.resyncs,
  );
  registry.counter(
    "lair_slow_readers_closed_total",
    "Readers that were given up.",
    () => connections.lagCounts.givenUp,
  );
}

function addTraffic(registry: MetricRegistry, { connections }: Part<"connections">): void {
  const { traffic } = connections;
  registry.counter(
    "lair_frames_received_total",
    "Frames of all connections.",
    () => traffic.framesReceived,
  );
  registry.counter(
    "lair_received_bytes_total",
    "Bytes of their payloads.",
    () => traffic.bytesReceived,
  );
  registry.counter(
    "lair_frames_sent_total",
    "Frames to all connections.",
    () => traffic.framesSent,
  );
  registry.counter(
    "lair_sent_bytes_total",
    "Bytes of them, before they are sealed.",
    () => traffic.bytesSent,
  );
}

function addHub(
  registry: MetricRegistry,
  { hub, headsSweep, limits }: Part<"hub" | "headsSweep" | "limits">,
): void {
  registry.bounded("lair_users_online", "Users with a connection.", {
    size: () => hub.stats().users,
    limit: limits.maxConnections,
  });
  registry.bounded("lair_user_logs_followed", "Users whose own log is told.", {
    size: () => hub.stats().userLogs,
    limit: limits.maxConnections,
  });
  registry.gauge(
    "lair_audiences",
    "Conversations that somebody online is in.",
    () => hub.stats().audiences,
  );
  registry.gauge(
    "lair_presence_changes",
    "Users whose coming or going has not been told yet.",
    () => hub.stats().presenceChanges,
  );
  registry.gauge(
    "lair_heads_known",
    "Heads that are remembered to see which have changed.",
    () => headsSweep.stats().known,
  );
  registry.counter(
    "lair_heads_told_total",
    "How often a connection was told of heads.",
    () => headsSweep.stats().told,
  );
}

function addListeners(
  registry: MetricRegistry,
  { listeners, limits }: Part<"listeners" | "limits">,
): void {
  const { inboundBytesLimit, replyBytesLimit } = listeners.stats();
  registry.bounded("lair_sockets", "Sockets of both ports, those of HTTP included.", {
    size: () => listeners.stats().sockets,
    limit: limits.maxConnections,
  });
  registry.bounded("lair_socket_addresses", "Addresses that these come from.", {
    size: () => listeners.stats().addresses,
    limit: limits.maxConnections,
  });
  registry.bounded("lair_unfinished_frame_bytes", "Bytes of frames that have not come whole.", {
    size: () => listeners.stats().inboundBytes,
    limit: inboundBytesLimit,
  });
  registry.bounded("lair_http_reply_bytes", "Bytes of HTTP replies that were not taken yet.", {
    size: () => listeners.stats().replyBytes,
    limit: replyBytesLimit,
  });
}

function addStorage(registry: MetricRegistry, { db }: Part<"db">): void {
  registry.bounded("lair_write_queue", "Operations that wait for their commit.", {
    size: () => db.stats().queued,
    limit: db.stats().queuedLimit,
  });
  registry.counter(
    "lair_commits_total",
    "Transactions, each with its fsync.",
    () => db.stats().commits,
  );
  registry.counter(
    "lair_commit_seconds_total",
    "How long they took in all; divided by their number, how long one takes.",
    () => db.stats().commitSeconds,
  );
  registry.gauge(
    "lair_commit_slowest_seconds",
    "The longest of them since this was asked for the last time: a slow disk shows here.",
    () => db.takeSlowestCommit(),
  );
  registry.counter(
    "lair_write_operations_total",
    "Operations in them, refused ones included.",
    () => db.stats().operations,
  );
  registry.counter(
    "lair_corrupt_entries_total",
    "Times that readers met a damaged entry.",
    () => db.stats().corruptEntries,
  );
  registry.gauge("lair_wal_bytes", "Size of the write-ahead log.", () => db.stats().walBytes);
  registry.gauge("lair_storage_low", "1 while new messages are refused for want of space.", () =>
    Number(db.stats().space?.isLow ?? false),
  );
  registry.gauge(
    "lair_storage_reserve",
    "1 while there is a reserve for when the disk is full.",
    () => Number(db.stats().space?.hasReserve ?? false),
  );
}

function addCallers(
  registry: MetricRegistry,
  {
    rateLimits,
    lockout,
    pacer,
    refreshes,
    hashQueue,
  }: Part<"rateLimits" | "lockout" | "pacer" | "refreshes" | "hashQueue">,
): void {
  const { concurrency, capacity } = hashQueue.stats();
  registry.bounded("lair_rate_buckets", "Callers that are remembered, by limit.", {
    size: () =>
      Object.entries(rateLimits.stats().sizes).map(([rate, size]) => [{ rate }, size] as const),
    limit: rateLimits.stats().limit,
  });
  registry.bounded(
    "lair_login_failures",
    "Accounts and addresses whose failed sign-ins are remembered.",
    {
      size: () => lockout.stats().size,
      limit: lockout.stats().limit,
    },
  );
  registry.bounded("lair_refreshing_sessions", "Sessions whose refreshes are remembered.", {
    size: () => refreshes.size,
    limit: refreshes.capacity,
  });
  registry.bounded("lair_typing_notices", "Typing notices that are remembered.", {
    size: () => pacer.stats().size,
    limit: pacer.stats().limit,
  });
  registry.bounded("lair_password_hashes_waiting", "Passwords that wait to be hashed.", {
    size: () => hashQueue.stats().waiting,
    limit: capacity,
  });
  registry.bounded("lair_password_hashes_running", "Passwords that are being hashed.", {
    size: () => hashQueue.stats().running,
    limit: concurrency,
  });
}

function addCounts(registry: MetricRegistry, { counts }: Part<"counts">): void {
  const { requests, errors, repeats } = counts;
  registry.counter("lair_requests_total", "What was asked for, by command.", () =>
    requests.all().map(([command, count]) => [{ command }, count] as const),
  );
  registry.counter("lair_errors_total", "What clients were told that went wrong, by code.", () =>
    errors.all().map(([code, count]) => [{ code }, count] as const),
  );
  registry.counter(
    "lair_repeated_sends_total",
    "Messages that were sent again and answered with the first ack.",
    () => repeats.count,
  );
}
