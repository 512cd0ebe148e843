import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import type { ServerAddress } from "./link.ts";

const mainFile = fileURLToPath(new URL("../../server/main.ts", import.meta.url));
const quickStart = ["--import", new URL("./quick-start-hook.ts", import.meta.url).href];
const compileCache = fileURLToPath(new URL("../../.cache/compile/", import.meta.url));
const readyMs = 60_000;
const outputKept = 16 * 1024;

export interface ServerOptions {
  /** Where its database and everything else of it lies. */
  readonly directory: string;
  readonly address: ServerAddress;
  /** Arguments for node, as `--import` of something that spoils its work. */
  readonly nodeArgs?: readonly string[];
  /** Put before the command, as in `strace -f …`. */
  readonly wrapper?: readonly string[];
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The real server in a process of its own. */
export class ServerUnderTest {
  readonly exited: Promise<Ended>;
  readonly #child: ChildProcess;
  #output = "";
  #hasEnded = false;

  private constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString()).slice(-outputKept);
      });
    }
    this.exited = new Promise((resolve) => {
      child.once("error", () => resolve({ code: null, signal: null }));
      child.once("close", (code, signal) => resolve({ code, signal }));
    });
    void this.exited.then(() => {
      this.#hasEnded = true;
    });
  }

  /** Starts it without waiting for it to be ready. */
  static spawn({ directory, address, nodeArgs = [], wrapper = [] }: ServerOptions) {
    const words = [...wrapper, process.execPath, ...quickStart, ...nodeArgs, mainFile, "serve"];
    const [command = "", ...args] = words;
    const child = spawn(command, args, {
      cwd: directory,
      env: { ...ownEnvironment(), ...settingsFor(address) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    children.add(child);
    child.once("close", () => children.delete(child));
    return new ServerUnderTest(child);
  }

  /** Starts it and waits until it accepts connections. @throws Error when it ends before that */
  static async start(options: ServerOptions): Promise<ServerUnderTest> {
    const server = ServerUnderTest.spawn(options);
    if (await server.isReady()) return server;
    throw new Error(`the server did not get ready:\n${server.output}`);
  }

  /** Resolves with true once it accepts connections, and with false if it ends before. */
  async isReady(): Promise<boolean> {
    const overdue = AbortSignal.timeout(readyMs);
    const ended = this.exited.then(() => false);
    while (!/^Ready\b/m.test(this.#output)) {
      if (this.#hasEnded || overdue.aborted) return false;
      const said = once(this.#child.stdout ?? this.#child, "data", { signal: overdue });
      const isAlive = await Promise.race([
        said.then(
          () => true,
          () => false,
        ),
        ended,
      ]);
      if (!isAlive && this.#hasEnded) return /^Ready\b/m.test(this.#output);
    }
    return true;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** What it said last. */
  get output(): string {
    return this.#output;
  }

  /** Of the server itself, also where a tracer was started in front of it. */
  get pid(): number {
    const pid = this.#child.pid ?? 0;
    const [child] = childrenOf(pid);
    return child ?? pid;
  }

  /** Sends it a signal and waits for its end. */
  async end(signal: NodeJS.Signals): Promise<Ended> {
    if (!this.#hasEnded) kill(this.pid, signal);
    return this.exited;
  }

  kill(): Promise<Ended> {
    return this.end("SIGKILL");
  }
}

/** Runs another command of the server, as `backup FILE`, to its end. */
export async function runServerCommand(
  directory: string,
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn(process.execPath, [...quickStart, mainFile, ...args], {
    cwd: directory,
    env: ownEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-outputKept);
    });
  }
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output };
}

/** Those that still run: when this process goes, they go. */
const children = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of children) {
    for (const pid of [...childrenOf(child.pid ?? 0), child.pid ?? 0]) kill(pid, "SIGKILL");
  }
});

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    if (pid > 0) process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function childrenOf(pid: number): readonly number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return text.split(" ").filter(Boolean).map(Number);
  } catch {
    // Not on this system, or gone: then it has none.
    return [];
  }
}

/** Without the settings of whoever starts us; what was compiled once is kept. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const mine = Object.entries(process.env).filter(
    ([name]) => !name.startsWith("LAIR_") && !name.startsWith("NODE_"),
  );
  return { ...Object.fromEntries(mine), NODE_COMPILE_CACHE: compileCache };
}

function settingsFor({ tcpPort, httpPort, isTls }: ServerAddress): Record<string, string> {
  return {
    LAIR_TCP_PORT: `${tcpPort}`,
    LAIR_HTTP_PORT: `${httpPort}`,
    LAIR_TLS_ENABLED: `${isTls}`,
    LAIR_LOG_LEVEL: "warn",
    LAIR_MAX_CONNECTIONS_PER_ADDRESS: "20000",
    LAIR_LIMIT_REGISTER: "off",
    LAIR_LIMIT_LOGIN: "off",
    LAIR_LIMIT_API: "off",
    LAIR_LIMIT_API_USER: "off",
    LAIR_LIMIT_MESSAGES: "off",
  };
}

/** A port nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}
