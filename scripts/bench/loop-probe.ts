import { renameSync, writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";

// Loaded into the server before its own code (`--import`): at SIGUSR2 it writes down how long the
// event loop has kept things waiting since the last time, and how much memory is in use.

/** Times in milliseconds, memory in bytes. */
export interface ProbeReading {
  readonly delayP50: number;
  readonly delayP99: number;
  readonly delayMax: number;
  readonly resident: number;
  readonly heap: number;
  readonly external: number;
}

const resolutionMs = 2;

function begin(file: string): void {
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  delays.enable();
  process.on("SIGUSR2", () => {
    // The timer that measures is itself due only every so often: what is above that is delay.
    const late = (ns: number) => Math.max(0, ns / 1e6 - resolutionMs);
    const read = {
      delayP50: late(delays.percentile(50)),
      delayP99: late(delays.percentile(99)),
      delayMax: late(delays.max),
    };
    globalThis.gc?.();
    const { rss, heapUsed, external } = process.memoryUsage();
    const reading: ProbeReading = { ...read, resident: rss, heap: heapUsed, external };
    writeFileSync(`${file}.new`, JSON.stringify(reading));
    renameSync(`${file}.new`, file);
    delays.reset();
  });
}

const probeFile = process.env["BENCH_PROBE_FILE"];
// Worker threads inherit what is preloaded, and have no signals.
if (isMainThread && probeFile !== undefined) begin(probeFile);
