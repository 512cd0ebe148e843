import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "../torture/server-under-test.ts";
import type { ProbeReading } from "./loop-probe.ts";
import type { Population } from "./population.ts";
import { childrenOf, endsWithUs, killNow } from "./processes.ts";

const root = new URL("../../", import.meta.url);
const probeFile = fileURLToPath(new URL("./loop-probe.ts", import.meta.url));
const readyMs = 120_000;
const stopMs = 15_000;
const outputKept = 16 * 1024;

/** Plain JavaScript, for it runs before anything is set up. */
interface ServerBundles {
  readonly serverFlags: readonly string[];
  serverBundle(root: string, folder: string): Promise<string>;
}

/** The built server, as `npm start` makes and runs it. */
async function builtServer(): Promise<readonly string[]> {
  const maker = new URL("../build/server-bundle.mjs", import.meta.url).href;
  const { serverFlags, serverBundle } = (await import(maker)) as ServerBundles;
  const bundles = fileURLToPath(new URL(".cache/bundles", root));
  return [...serverFlags, await serverBundle(fileURLToPath(root), bundles)];
}

/** Made once for all measurements. */
let program: Promise<readonly string[]> | undefined;

export interface BenchServerOptions {
  readonly isTls?: boolean;
  /** Measures the event loop's delay and memory from inside, which costs a little. */
  readonly isProbed?: boolean;
  readonly nodeArgs?: readonly string[];
  /** Put before the command, as in `strace -f`. */
  readonly wrapper?: readonly string[];
}

/** The real server in a process of its own. Limits on how much one may ask for are off; all else is on. */
export interface BenchServer extends AsyncDisposable {
  readonly tcpPort: number;
  readonly httpPort: number;
  readonly pid: number;
  /** Milliseconds from its start until it said that it accepts connections. */
  readonly startMs: number;
  /** What the event loop and memory did since the last time; after a collection of garbage. */
  probe(): Promise<ProbeReading>;
}

export async function startBenchServer(
  { directory, secret }: Pick<Population, "directory" | "secret">,
  options: BenchServerOptions = {},
): Promise<BenchServer> {
  const { isTls = false, isProbed = false, nodeArgs = [], wrapper = [] } = options;
  const ports = { tcpPort: await freePort(), httpPort: await freePort() };
  const probeOutput = path.join(directory, "probe.json");
  const probing = isProbed ? ["--expose-gc", "--import", probeFile] : [];
  program ??= builtServer();
  const words = [...wrapper, process.execPath, ...probing, ...nodeArgs, ...(await program)];
  const [command = "", ...args] = words;
  const begun = performance.now();
  const child = spawn(command, args, {
    cwd: directory,
    env: {
      ...ownEnvironment(),
      ...settingsFor({ ...ports, secret, isTls }),
      BENCH_PROBE_FILE: probeOutput,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  endsWithUs(child);
  await untilReady(child);
  const startMs = performance.now() - begun;
  const pid = wrapper.length === 0 ? (child.pid ?? 0) : (childrenOf(child.pid ?? 0)[0] ?? 0);
  return {
    ...ports,
    pid,
    startMs,
    probe: () => readProbe(pid, probeOutput),
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      process.kill(pid, "SIGTERM");
      const cut = setTimeout(() => killNow(pid), stopMs);
      await exited;
      clearTimeout(cut);
    },
  };
}

/** Until it says that it is ready. Its output has to be read for as long as it runs, or it would wait. */
async function untilReady(child: ChildProcess): Promise<void> {
  let output = "";
  const ready = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-outputKept);
      if (/^Ready\b/m.test(output)) ready.resolve();
    });
  }
  child.once("error", ready.reject);
  child.once("exit", (code) =>
    ready.reject(new Error(`the server ended with ${code}:\n${output}`)),
  );
  const overdue = setTimeout(() => {
    child.kill("SIGKILL");
    ready.reject(new Error(`the server did not get ready:\n${output}`));
  }, readyMs);
  try {
    await ready.promise;
  } finally {
    clearTimeout(overdue);
  }
}

const probeMs = 30_000;

async function readProbe(pid: number, file: string): Promise<ProbeReading> {
  rmSync(file, { force: true });
  process.kill(pid, "SIGUSR2");
  const until = performance.now() + probeMs;
  while (!existsSync(file)) {
    if (performance.now() > until) throw new Error("the server said nothing of its event loop");
    await sleep(20);
  }
  return JSON.parse(readFileSync(file, "utf8")) as ProbeReading;
}

/** Without the settings of whoever starts us. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const mine = Object.entries(process.env).filter(
    ([name]) => !name.startsWith("LAIR_") && !name.startsWith("NODE_"),
  );
  return Object.fromEntries(mine);
}

interface Settings {
  readonly tcpPort: number;
  readonly httpPort: number;
  readonly secret: string;
  readonly isTls: boolean;
}

function settingsFor({ tcpPort, httpPort, secret, isTls }: Settings): Record<string, string> {
  return {
    LAIR_TCP_PORT: `${tcpPort}`,
    LAIR_HTTP_PORT: `${httpPort}`,
    LAIR_TLS_ENABLED: `${isTls}`,
    LAIR_JWT_SECRET: secret,
    LAIR_TCP_MAX_CONNECTIONS: "1000000",
    LAIR_MAX_CONNECTIONS_PER_ADDRESS: "1000000",
    LAIR_LIMIT_REGISTER: "off",
    LAIR_LIMIT_LOGIN: "off",
    LAIR_LIMIT_API: "off",
    LAIR_LIMIT_API_USER: "off",
    LAIR_LIMIT_MESSAGES: "off",
  };
}
