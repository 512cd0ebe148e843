/** Names and values of labels. All values come from tables of ours: nothing that people write gets here. */
export type Labels = Readonly<Record<string, string>>;

/** One number, or one for each set of labels; undefined where this system does not say. */
export type Reading = number | undefined | readonly (readonly [Labels, number])[];

/** Something that is counted elsewhere and asked for here, when somebody wants to know. */
interface Metric {
  readonly type: "gauge" | "counter";
  readonly help: string;
  readonly read: () => Reading;
}

const nameForm = /^[a-z][a-z0-9_]*$/;

/** What can be measured of the server, as text that Prometheus reads (format 0.0.4). */
export class MetricRegistry {
  readonly #metrics = new Map<string, Metric>();

  /** What goes up and down. */
  gauge(name: string, help: string, read: () => Reading): void {
    this.#add(name, { type: "gauge", help, read });
  }

  /** What only grows while the process runs; its name ends in `_total`. */
  counter(name: string, help: string, read: () => Reading): void {
    if (!name.endsWith("_total")) throw new Error(`a counter's name ends in _total: ${name}`);
    this.#add(name, { type: "counter", help, read });
  }

  /** What is held, and beside it, as `<name>_limit`, the most that may be. */
  bounded(
    name: string,
    help: string,
    { size, limit }: { readonly size: () => Reading; readonly limit: number },
  ): void {
    this.gauge(name, help, size);
    this.gauge(`${name}_limit`, `The most that ${name} may be.`, () => limit);
  }

  /** Everything as it is now. */
  text(): string {
    return [...this.#metrics].map(([name, metric]) => metricText(name, metric)).join("");
  }

  #add(name: string, metric: Metric): void {
    if (!nameForm.test(name)) throw new Error(`no name of a metric: ${name}`);
    if (this.#metrics.has(name)) throw new Error(`two metrics are called ${name}`);
    this.#metrics.set(name, metric);
  }
}

function metricText(name: string, { type, help, read }: Metric): string {
  const reading = read();
  if (reading === undefined) return "";
  const samples = typeof reading === "number" ? [[{}, reading] as const] : reading;
  const lines = samples.map(([labels, value]) => `${name}${labelText(labels)} ${number(value)}`);
  const about = help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return [`# HELP ${name} ${about}`, `# TYPE ${name} ${type}`, ...lines, ""].join("\n");
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function number(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}
