import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const mainFile = fileURLToPath(new URL("../main.ts", import.meta.url));
const startLimitMs = 60_000;

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ServerProcess {
  readonly tcpPort: number;
  readonly httpPort: number;
  readonly httpUrl: string;
  /** Where the database and everything else of this server lies. */
  readonly directory: string;
  readonly pid: number;
  /** What it has printed so far, both streams. */
  output(): string;
  /** Resolves when it has ended, however that came. */
  readonly exited: Promise<ProcessEnd>;
  /** Sends the signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<ProcessEnd>;
  /** The same server again, on the same files and ports. */
  restart(): Promise<ServerProcess>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ServerProcessOptions {
  /** An existing directory to keep; without one a temporary directory is made and removed at the end. */
  readonly directory?: string;
  readonly tcpPort?: number;
  readonly httpPort?: number;
  /** Beside the ports and the database; limits are off unless set here. */
  readonly env?: Readonly<Record<string, string>>;
  /** Put before the command, as in `strace -f …`; signals go to it. */
  readonly wrapper?: readonly string[];
  /** Arguments for node itself, for instance --cpu-prof. */
  readonly nodeArgs?: readonly string[];
}

const limitsOff = {
  LAIR_LIMIT_REGISTER: "off",
  LAIR_LIMIT_LOGIN: "off",
  LAIR_LIMIT_REFRESH: "off",
  LAIR_LIMIT_API: "off",
  LAIR_LIMIT_API_USER: "off",
  LAIR_LIMIT_MESSAGES: "off",
};

const tries = 5;

/** Starts the real server as a process of its own and waits until it is ready. */
export async function startServerProcess(
  options: ServerProcessOptions = {},
): Promise<ServerProcess> {
  const mayTryAgain = options.tcpPort === undefined || options.httpPort === undefined;
  for (let left = tries; ; left -= 1) {
    try {
      return await startOnce(options);
    } catch (error) {
      // Another test may have taken the port that was free a moment ago.
      if (!mayTryAgain || left <= 1 || !/is in use/.test(`${error}`)) throw error;
    }
  }
}

async function startOnce(options: ServerProcessOptions): Promise<ServerProcess> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), "lair-chat-")));
  const tcpPort = options.tcpPort ?? (await freePort());
  const httpPort = options.httpPort ?? (await freePort());
  const { wrapper = [], nodeArgs = [] } = options;
  const [command = "", ...args] = [...wrapper, process.execPath, ...nodeArgs, mainFile];
  const child = spawn(command, args, {
    cwd: directory,
    env: {
      ...processEnvironment(),
      ...limitsOff,
      LAIR_TCP_PORT: `${tcpPort}`,
      LAIR_HTTP_PORT: `${httpPort}`,
      ...options.env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  child.stdout.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const exited = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  await ready(child, exited, () => printed);
  const server: ServerProcess = {
    tcpPort,
    httpPort,
    httpUrl: `http://127.0.0.1:${httpPort}`,
    directory,
    pid: child.pid ?? -1,
    output: () => printed,
    exited: exited.then(([code, signal]) => ({ code, signal })),
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      return server.exited;
    },
    async restart() {
      if (child.exitCode === null && child.signalCode === null) await server.stop();
      return startServerProcess({ ...options, directory, tcpPort, httpPort });
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) await server.stop("SIGKILL");
      if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
    },
  };
  return server;
}

/** Without the LAIR_ settings of whoever runs the tests. */
function processEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("LAIR_")),
  );
}

async function ready(
  child: ChildProcess,
  exited: Promise<[number | null, NodeJS.Signals | null]>,
  printed: () => string,
): Promise<void> {
  const stopped = new AbortController();
  const timer = setTimeout(() => stopped.abort(), startLimitMs);
  try {
    const saidReady = (async () => {
      while (!/^Ready\b/m.test(printed())) {
        await once(child.stdout ?? child, "data", { signal: stopped.signal });
      }
    })();
    const died = exited.then(([code]) => {
      throw new Error(`the server ended with ${code} before it was ready:\n${printed()}`);
    });
    await Promise.race([saidReady, died]);
  } catch (error) {
    child.kill("SIGKILL");
    throw new Error(`the server did not get ready:\n${printed()}`, { cause: error });
  } finally {
    clearTimeout(timer);
    stopped.abort();
  }
}

/**
 * A port that nobody has. Not one of those the system gives away by itself, between 32768 and 60999:
 * one of these may be somebody's by the time the server asks for it, or asks for it again.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_240, 32_768);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
