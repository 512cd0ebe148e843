import path from "node:path";
import { startBenchServer } from "./bench-server.ts";
import { type Load, type Measured, runLoad } from "./generator.ts";
import type { Bench } from "./measurement.ts";
import type { BenchOptions, TransportName } from "./options.ts";
import { copyPopulation, type Population } from "./population.ts";
import type { Rival } from "./rivals.ts";

/** Something that can be given load. */
export interface Contender {
  readonly name: string;
  /** How the load reaches it. */
  readonly target: Pick<Load, "protocol" | "port" | "tls" | "websocket" | "acks" | "seats">;
  readonly pid: number;
}

/** Starts our server for the transports, on these people: one process for plain text, one for TLS. */
export async function startTransports(
  { newDirectory, generator, options, say }: Bench,
  population: Population,
  transports: readonly TransportName[],
  stack: AsyncDisposableStack,
): Promise<readonly Contender[]> {
  const nodeArgs = profiling(options);
  const { seats } = population;
  const common = { protocol: "lair", acks: true, seats } as const;
  const contenders: Contender[] = [];
  const plainOnes = transports.filter((name) => name !== "tls");
  // Copied before a server changes it.
  const copy = transports.includes("tls") ? copyPopulation(population, newDirectory()) : population;
  if (plainOnes.length > 0) {
    const { tcpPort, httpPort, pid } = stack.use(await startBenchServer(population, { nodeArgs }));
    for (const name of plainOnes) {
      const port = name === "ws" ? httpPort : tcpPort;
      contenders.push({ name, target: { ...common, port, websocket: name === "ws" }, pid });
    }
  }
  if (transports.includes("tls") && !generator.speaksTls) {
    say("TLS is left out: the load generator was built without it");
  } else if (transports.includes("tls")) {
    const server = stack.use(await startBenchServer(copy, { nodeArgs, isTls: true }));
    const target = { ...common, port: server.tcpPort, tls: true };
    contenders.push({ name: "tls", target, pid: server.pid });
  }
  return contenders;
}

/** What node is to be started with where a profile is wanted. */
export function profiling({ profile }: Pick<BenchOptions, "profile">): readonly string[] {
  return profile === "" ? [] : ["--cpu-prof", `--cpu-prof-dir=${path.resolve(profile)}`];
}

export async function startRival(
  { newDirectory }: Bench,
  { name, protocol, acks, start }: Rival,
  stack: AsyncDisposableStack,
): Promise<Contender> {
  const running = stack.use(await start(newDirectory()));
  return { name, target: { protocol, acks, port: running.port }, pid: running.pid };
}

/** Gives it load, and complains where that did not go as it should. */
export async function loadOn(
  { generator, options, say }: Bench,
  { name, target, pid }: Contender,
  load: Omit<Load, keyof Contender["target"]>,
): Promise<Measured> {
  const { seconds, warmup } = options;
  const measured = await runLoad(
    generator,
    { seconds, warmup, ...load, ...target },
    { pids: [pid] },
  );
  const { refused, closed } = measured;
  if (refused + closed > 0) say(`  ${name}: ${refused} refused, ${closed} connections lost`);
  return measured;
}
