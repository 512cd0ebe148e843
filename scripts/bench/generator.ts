import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Times } from "./histogram.ts";
import { coresBetween, endsWithUs, readUsage } from "./processes.ts";

/** A program that makes load; see loadgen/generator.c for what it takes and prints. */
export interface Generator {
  readonly kind: "c" | "node";
  readonly command: readonly string[];
  readonly speaksTls: boolean;
  /** The C relay; undefined where nothing could be compiled. */
  readonly relay: string | undefined;
  /** What the figures' reader has to know of it. */
  readonly remarks: readonly string[];
}

export type LoadProtocol = "lair" | "relay" | "redis" | "nats" | "mqtt";

/** How many rooms and connections, and how many of them write how much. */
export interface Shape {
  readonly rooms: number;
  readonly members: number;
  /** Of each room. */
  readonly senders: number;
  /** Messages of one sender under way; of no meaning where there is a rate. */
  readonly window: number;
}

export interface Load extends Shape {
  readonly protocol: LoadProtocol;
  readonly port: number;
  readonly tls?: boolean;
  readonly websocket?: boolean;
  /** Whether the server acknowledges messages. */
  readonly acks?: boolean;
  /** The file of room ids and tokens. */
  readonly seats?: string;
  readonly seconds?: number;
  readonly warmup?: number;
  /** Bytes of each message. */
  readonly body?: number;
  /** Messages a second in all; without it the next is sent when one is done. */
  readonly rate?: number;
  /** Ends after so many messages. */
  readonly count?: number;
  /** Seconds between two pings of a connection. */
  readonly ping?: number;
  readonly concurrency?: number;
  readonly patience?: number;
}

interface Opening {
  readonly connections: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
}

interface Counts {
  readonly seconds: number;
  readonly sent: number;
  readonly acked: number;
  readonly delivered: number;
  readonly refused: number;
  readonly closed: number;
  readonly bytes: number;
  readonly underWay: number;
  readonly ack: Times;
  readonly delivery: Times;
}

export interface Measured extends Counts {
  readonly opening: Opening;
  /** Cores that the watched processes used; undefined where the system does not say. */
  readonly serverCores: number | undefined;
  /** Of them by their first threads. */
  readonly mainThreadCores: number | undefined;
  /** Cores in use on the whole machine, whoever used them. */
  readonly machineCores: number;
  /** What came behind that, where the load went on. */
  readonly behind: Counts | undefined;
}

export interface Watch {
  readonly pids?: readonly number[];
  /** Called when measuring begins. */
  readonly measuring?: () => void;
  /** Called when measuring is over: until it settles the load goes on, and is measured by itself. */
  readonly goOn?: () => Promise<void>;
}

type Event =
  | ({ readonly event: "ready" } & Opening)
  | { readonly event: "measuring" }
  | ({ readonly event: "done" } & Counts);

/** Runs the generator once. @throws Error with what it complained of */
export async function runLoad(
  { command }: Pick<Generator, "command">,
  load: Load,
  { pids = [], measuring, goOn }: Watch = {},
): Promise<Measured> {
  const [program = "", ...first] = command;
  const asked = { ...load, ...(goOn && { goon: true }) };
  const child = spawn(program, [...first, ...argumentsOf(asked)], { stdio: "pipe" });
  endsWithUs(child);
  // One that is gone is told of by its code.
  child.stdin.on("error", () => undefined);
  let complaints = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  let opening: Opening | undefined;
  const counts: Counts[] = [];
  let going: Promise<void> | undefined;
  let begun = readUsage(pids);
  let over = begun;
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line) as Event;
    if (said.event === "ready") opening = said;
    else if (said.event === "done") {
      if (counts.push(said) > 1) continue;
      over = readUsage(pids);
      going = goOn?.().finally(() => child.stdin.end());
      // Looked at when the generator has ended.
      going?.catch(() => undefined);
    } else {
      begun = readUsage(pids);
      measuring?.();
    }
  }
  const code = await ended;
  await going;
  const [measured, behind] = counts;
  if (code !== 0 || opening === undefined || measured === undefined) {
    throw new Error(`the load generator ended with ${code}:\n${complaints}`);
  }
  const cores = coresBetween(begun, over);
  return {
    ...measured,
    behind,
    opening,
    serverCores: cores.watched,
    mainThreadCores: cores.mainThreads,
    machineCores: cores.machine,
  };
}

function argumentsOf(load: Load & { readonly goon?: boolean }): readonly string[] {
  return Object.entries(load).map(([name, value]) =>
    typeof value === "boolean" ? `${name}=${value ? 1 : 0}` : `${name}=${value}`,
  );
}
