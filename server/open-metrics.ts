import { addServerMetrics } from "./app-metrics.ts";
import type { Config } from "./config/config.ts";
import { loadMetricsToken } from "./config/metrics-token.ts";
import type { MetricSources } from "./metric-sources.ts";
import type { Logger } from "./observability/logger.ts";
import { addProcessMetrics } from "./observability/metrics/process-metrics.ts";
import { MetricRegistry } from "./observability/metrics/registry.ts";
import { type BoundAddress, ListenError } from "./transports/bind.ts";
import { listenMetrics, metricsHost } from "./transports/metrics/metrics-listener.ts";

/** Where it can be asked how the server is. Nothing is measured where nobody may ask. */
export interface Metrics extends AsyncDisposable {
  /** Undefined where there are none. */
  readonly bound: BoundAddress | undefined;
}

/** @throws ListenError, and ConfigError when the token is not fit to be used */
export async function openMetrics(
  config: Pick<Config, "metricsPort" | "metricsToken" | "database">,
  sources: MetricSources,
  log: Logger,
): Promise<Metrics> {
  await using stack = new AsyncDisposableStack();
  const { metricsPort: port } = config;
  const bound = port === undefined ? undefined : stack.use(await listen(port));
  const owned = stack.move();
  return { bound, [Symbol.asyncDispose]: () => owned.disposeAsync() };

  function listen(at: number) {
    const registry = new MetricRegistry();
    stack.use(addProcessMetrics(registry));
    addServerMetrics(registry, sources);
    const where = { port: at, token: loadMetricsToken(config) };
    return listenMetrics(where, { text: () => registry.text(), log }).catch((cause: unknown) => {
      const place = { setting: "LAIR_METRICS_PORT", host: metricsHost, port: at };
      throw new ListenError(place, { cause });
    });
  }
}
