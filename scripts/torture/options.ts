import { parseArgs } from "node:util";
import { allFaults } from "./faults/all.ts";
import type { TransportName } from "./link.ts";

/** What a run is to reach before it may end; 0 where nothing is asked. */
export interface Goals {
  readonly kills: number;
  readonly acked: number;
  readonly images: number;
  readonly copies: number;
  readonly fullCycles: number;
  readonly restarts: number;
}

export interface TortureOptions {
  readonly seed: number;
  /** At most; the goals may be reached before. */
  readonly minutes: number;
  readonly devices: number;
  readonly processes: number;
  readonly rooms: number;
  readonly window: number;
  readonly contentBytes: number;
  readonly transports: readonly TransportName[];
  readonly isTlsToo: boolean;
  readonly faults: readonly string[];
  /** Images, copies or cycles of one episode. */
  readonly portion: number;
  readonly goals: Goals;
  readonly out: string;
  readonly runsMutants: boolean;
  /** Only mutants of these names. */
  readonly mutants: readonly string[];
  readonly keeps: boolean;
}

/** A command line that makes no sense. */
export class UsageError extends Error {}

const flags = {
  seed: { type: "string" },
  minutes: { type: "string", default: "5" },
  clients: { type: "string", default: "24" },
  processes: { type: "string", default: "3" },
  rooms: { type: "string", default: "6" },
  window: { type: "string", default: "8" },
  bytes: { type: "string", default: "120" },
  transports: { type: "string", default: "tcp,ws,tls" },
  faults: { type: "string", default: "all" },
  portion: { type: "string", default: "50" },
  kills: { type: "string", default: "0" },
  acked: { type: "string", default: "0" },
  images: { type: "string", default: "0" },
  flips: { type: "string", default: "0" },
  "full-cycles": { type: "string", default: "0" },
  restarts: { type: "string", default: "0" },
  out: { type: "string", default: "torture.json" },
  mutants: { type: "boolean", default: false },
  mutant: { type: "string", default: "" },
  keep: { type: "boolean", default: false },
} as const;

export const usage = `npm run torture -- [options]
  --seed N          repeats a run's choices; random unless said
  --minutes M       ends after so long, reached or not (${flags.minutes.default})
  --clients N --processes N --rooms N --window N --bytes N
                    devices, their processes, rooms, sends in flight per device, bytes of a content
  --transports tcp,ws,tls
  --faults a,b      ${allFaults.map(({ name }) => name).join(", ")}
  --portion N       images, copies or cycles per episode (${flags.portion.default})
  --kills N --acked N --images N --flips N --full-cycles N --restarts N
                    ends as soon as all of these are reached; not to reach one is a failure
  --out FILE        the ledger (${flags.out.default})
  --mutants         breaks copies of the server in five ways and sees each of them caught
  --mutant NAME     only this one
  --keep            leaves histories and databases where they are`;

/** @throws UsageError */
export function readOptions(args: readonly string[], random: () => number): TortureOptions {
  const { values } = parsed(args);
  const number = (name: keyof typeof values) => wholeNumber(name, String(values[name]));
  const transports = words(values.transports);
  const faults = values.faults === "all" ? allFaults.map(({ name }) => name) : words(values.faults);
  demandKnown(
    "--faults",
    faults,
    allFaults.map(({ name }) => name),
  );
  demandKnown("--transports", transports, ["tcp", "ws", "tls"]);
  const plain = transports.filter((name): name is TransportName => name === "tcp" || name === "ws");
  return {
    seed: values.seed === undefined ? Math.floor(random() * 2 ** 31) : number("seed"),
    minutes: minutesOf(values.minutes),
    devices: number("clients"),
    processes: number("processes"),
    rooms: number("rooms"),
    window: number("window"),
    contentBytes: number("bytes"),
    transports: plain.length === 0 ? ["tcp"] : plain,
    isTlsToo: transports.includes("tls"),
    faults,
    portion: number("portion"),
    goals: {
      kills: number("kills"),
      acked: number("acked"),
      images: number("images"),
      copies: number("flips"),
      fullCycles: number("full-cycles"),
      restarts: number("restarts"),
    },
    out: values.out,
    runsMutants: values.mutants || values.mutant !== "",
    mutants: words(values.mutant),
    keeps: values.keep,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, strict: true });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new UsageError(`--${name} is a whole number, not "${text}"`);
}

function minutesOf(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new UsageError(`--minutes is a number above 0, not "${text}"`);
}

function words(text: string): readonly string[] {
  return text.split(",").filter((word) => word !== "");
}

function demandKnown(flag: string, given: readonly string[], known: readonly string[]): void {
  const unknown = given.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new UsageError(`${flag} knows no ${unknown.join(", ")}; there are ${known.join(", ")}`);
}
