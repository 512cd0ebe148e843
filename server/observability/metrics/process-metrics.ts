import { readdirSync, readFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { MetricRegistry } from "./registry.ts";

/** A timer of this length is what the delay is measured by: fifty wake-ups a second, which cost next to nothing. */
const resolutionMs = 20;
const percentiles = [50, 90, 99, 100] as const;

/**
 * Registers what is to be known of the process, under the names that dashboards for Node know.
 * Until it is disposed of it measures how long the event loop keeps things waiting.
 */
export function addProcessMetrics(registry: MetricRegistry): Disposable {
  registry.gauge("process_resident_memory_bytes", "Memory that lies in RAM.", () =>
    process.memoryUsage.rss(),
  );
  registry.gauge("nodejs_heap_size_used_bytes", "Memory in use by JavaScript.", () => {
    return process.memoryUsage().heapUsed;
  });
  registry.gauge("nodejs_external_memory_bytes", "Memory of buffers and the like.", () => {
    return process.memoryUsage().external;
  });
  registry.counter("process_cpu_seconds_total", "Processor time, all threads together.", () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  registry.gauge("process_open_fds", "Open files and sockets.", openFiles);
  registry.gauge("process_max_fds", "The most that may be open.", mostOpenFiles);
  registry.gauge("lair_uptime_seconds", "How long the process has run.", () => process.uptime());
  return addLoopDelay(registry);
}

/** Since it was asked for the last time: of all time, a bad minute would not show. */
function addLoopDelay(registry: MetricRegistry): Disposable {
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  delays.enable();
  registry.gauge(
    "lair_event_loop_delay_seconds",
    "How late the event loop was, since this was asked for the last time.",
    () => {
      // The timer is itself due only every so often: what is above that is delay.
      const late = (ns: number) => Math.max(0, ns / 1e9 - resolutionMs / 1e3);
      const found = percentiles.map(
        (part) => [{ quantile: String(part / 100) }, late(delays.percentile(part))] as const,
      );
      delays.reset();
      return found;
    },
  );
  return { [Symbol.dispose]: () => void delays.disable() };
}

function openFiles(): number | undefined {
  try {
    // One of them is the folder that is being read.
    return readdirSync("/proc/self/fd").length - 1;
  } catch {
    // Not on this system, or none is left to look with: then it is not known.
    return undefined;
  }
}

function mostOpenFiles(): number | undefined {
  try {
    const found = /^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"));
    return found === null ? undefined : Number(found[1]);
  } catch {
    // The same.
    return undefined;
  }
}
