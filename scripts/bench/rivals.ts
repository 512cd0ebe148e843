import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "../torture/server-under-test.ts";
import type { Generator, LoadProtocol } from "./generator.ts";
import { endsWithUs } from "./processes.ts";

/** Something that passes messages on too, measured beside the server in the same rounds. */
export interface Rival {
  readonly name: string;
  readonly about: string;
  readonly protocol: LoadProtocol;
  readonly acks: boolean;
  /** Starts it with its files, if it has any, in `directory`. */
  readonly start: (directory: string) => Promise<RunningRival>;
}

export interface RunningRival extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
}

export interface FoundRivals {
  readonly rivals: readonly Rival[];
  /** Those that are not here, and why. */
  readonly missing: readonly string[];
}

const naiveServer = fileURLToPath(new URL("./naive-server.ts", import.meta.url));

interface Candidate extends Omit<Rival, "start"> {
  /** The program that has to be installed; none where it comes with us. */
  readonly program?: string;
  readonly command: (port: number, directory: string) => readonly string[];
}

const peers: readonly Candidate[] = [
  {
    name: "redis",
    about: "redis pub/sub, nothing stored",
    protocol: "redis",
    acks: false,
    program: "redis-server",
    command: (port, directory) => [
      "redis-server",
      ...["--port", `${port}`, "--bind", "127.0.0.1", "--dir", directory],
      ...["--save", "", "--appendonly", "no", "--maxclients", "20000"],
      ...["--client-output-buffer-limit", "pubsub 0 0 0"],
    ],
  },
  {
    name: "nats",
    about: "nats-server, nothing stored",
    protocol: "nats",
    acks: false,
    program: "nats-server",
    command: (port) => ["nats-server", "-a", "127.0.0.1", "-p", `${port}`],
  },
  {
    name: "mosquitto",
    about: "mosquitto (MQTT, QoS 0), nothing stored",
    protocol: "mqtt",
    acks: false,
    program: "mosquitto",
    command: (port, directory) => {
      const file = path.join(directory, "mosquitto.conf");
      const lines = [`listener ${port} 127.0.0.1`, "allow_anonymous true", "set_tcp_nodelay true"];
      writeFileSync(file, [...lines, "max_queued_messages 0", ""].join("\n"));
      return ["mosquitto", "-c", file];
    },
  },
];

/** What can be measured beside the server here; `names` chooses, and none of them means all. */
export function findRivals(generator: Generator, names: readonly string[]): FoundRivals {
  const { relay } = generator;
  const own: readonly Candidate[] = [
    {
      name: "relay",
      about: "an epoll relay in C that joins what it writes, and checks and stores nothing",
      protocol: "relay",
      acks: false,
      command: (port) => [relay ?? "", `port=${port}`, "mode=joined"],
    },
    {
      name: "naive",
      about: "a Node server with one commit for each message and one write for each recipient",
      protocol: "relay",
      acks: true,
      command: (_port, directory) => [process.execPath, naiveServer, directory],
    },
  ];
  const wanted = [...own, ...peers].filter(
    ({ name }) => names.length === 0 || names.includes(name),
  );
  const whyNot = (one: Candidate) => whyMissing(one, generator);
  return {
    rivals: wanted.filter((one) => whyNot(one) === undefined).map(asRival),
    missing: wanted.map(whyNot).filter((why) => why !== undefined),
  };
}

function whyMissing({ name, program, protocol }: Candidate, generator: Generator) {
  if (name === "relay" && generator.relay === undefined) return "relay: it could not be compiled";
  if (program === undefined) return undefined;
  if (protocol !== "relay" && generator.kind === "node") {
    return `${name}: the load generator in Node does not speak to it`;
  }
  const isThere = spawnSync(program, ["--help"], { stdio: "ignore" }).error === undefined;
  return isThere ? undefined : `${name}: ${program} is not installed here`;
}

function asRival({ name, about, protocol, acks, command }: Candidate): Rival {
  const start = async (directory: string) => {
    const port = await freePort();
    return run(command(port, directory), port);
  };
  return { name, about, protocol, acks, start };
}

/** Those of ours say where they listen; the others do as they are told. */
async function run(
  [program = "", ...args]: readonly string[],
  told: number,
): Promise<RunningRival> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"] });
  endsWithUs(child);
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-1000);
  });
  const port = await untilListening(child, () => Number(/listening (\d+)/.exec(said)?.[1] ?? told));
  return {
    port,
    pid: child.pid ?? 0,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}

const listenTries = 500;

async function untilListening(child: ChildProcess, portNow: () => number): Promise<number> {
  let failure: Error | undefined;
  child.once("error", (error) => {
    failure = error;
  });
  for (let tries = 0; tries < listenTries; tries += 1) {
    const port = portNow();
    if (await accepts(port)) return port;
    if (failure !== undefined || child.exitCode !== null) break;
    await sleep(20);
  }
  child.kill("SIGKILL");
  throw new Error(`${child.spawnfile} does not listen`, { cause: failure });
}

function accepts(port: number): Promise<boolean> {
  const socket = net.connect({ port, host: "127.0.0.1" });
  return new Promise((resolve) => {
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
  }).then((isOpen) => {
    socket.destroy();
    return isOpen as boolean;
  });
}
