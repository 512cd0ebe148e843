import { tmpdir } from "node:os";
import { parseArgs } from "node:util";

export const transportNames = ["tcp", "tls", "ws"] as const;
export type TransportName = (typeof transportNames)[number];

export interface BenchOptions {
  /** Names of measurements; all of them where none is named. */
  readonly only: readonly string[];
  readonly seconds: number;
  readonly warmup: number;
  readonly rounds: number;
  /** Members of a room. */
  readonly sizes: readonly number[];
  readonly transports: readonly TransportName[];
  /** Names of rivals; all of them where none is named, none for "none". */
  readonly rivals: readonly string[];
  readonly connections: number;
  /** Seconds for which idle connections are held. */
  readonly hold: number;
  /** Messages of the history that is paged through. */
  readonly history: number;
  /** Messages that are sent to see what memory becomes of it. */
  readonly messages: number;
  /** Members of the room of which some stop reading, how many do, and for how many seconds. */
  readonly audience: number;
  readonly stopped: number;
  readonly stall: number;
  /** Milliseconds that an fsync takes longer. */
  readonly fsyncMs: readonly number[];
  readonly growRooms: readonly number[];
  readonly growMembers: readonly number[];
  readonly growMessages: readonly number[];
  readonly growUsers: readonly number[];
  readonly generator: "c" | "node";
  /** Where databases are put: on the disk that is to be measured. */
  readonly data: string;
  readonly out: string;
  /** Where fanout and latency leave processor profiles of the server; empty for none. */
  readonly profile: string;
  readonly writesDocs: boolean;
  readonly asksForHelp: boolean;
}

/** A command line that makes no sense. */
export class UsageError extends Error {}

const flags = {
  only: { type: "string", default: "" },
  seconds: { type: "string", default: "3" },
  warmup: { type: "string", default: "1" },
  rounds: { type: "string", default: "3" },
  sizes: { type: "string", default: "2,10,100,1000" },
  transports: { type: "string", default: transportNames.join() },
  rivals: { type: "string", default: "" },
  connections: { type: "string", default: "10000" },
  hold: { type: "string", default: "60" },
  history: { type: "string", default: "10000" },
  messages: { type: "string", default: "200000" },
  audience: { type: "string", default: "1000" },
  stopped: { type: "string", default: "50" },
  stall: { type: "string", default: "60" },
  "fsync-ms": { type: "string", default: "0,5,20" },
  "grow-rooms": { type: "string", default: "1,1000,100000" },
  "grow-members": { type: "string", default: "2,100,1000,2000" },
  "grow-messages": { type: "string", default: "0,100000,5000000" },
  "grow-users": { type: "string", default: "100,10000,100000" },
  generator: { type: "string", default: "c" },
  data: { type: "string", default: tmpdir() },
  out: { type: "string", default: ".bench" },
  profile: { type: "string", default: "" },
  "write-docs": { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

const lastOf = (list: string) => list.split(",").at(-1);

export const usage = `npm run bench -- [options]
  --only a,b          only these measurements
  --seconds N --warmup N --rounds N
                      length of one run, what is not counted before it, interleaved rounds
                      (${flags.seconds.default}, ${flags.warmup.default}, ${flags.rounds.default})
  --sizes 2,10        members of a room (${flags.sizes.default})
  --transports tcp,tls,ws
  --rivals a,b        what is measured beside the server: relay, naive, redis, nats, mosquitto; none
  --connections N --hold S
                      idle connections, and for how long (${flags.connections.default}, ${flags.hold.default})
  --history N         messages of the history that is paged through (${flags.history.default})
  --messages N        messages sent to see what memory becomes of it (${flags.messages.default})
  --audience N --stopped N --stall S
                      members of a room, how many of them stop reading, and for how long
                      (${flags.audience.default}, ${flags.stopped.default}, ${flags.stall.default})
  --fsync-ms 0,20     how much longer an fsync takes (${flags["fsync-ms"].default})
  --grow-rooms 1,1000 --grow-members 2,100 --grow-messages 0,100000 --grow-users 100,10000
                      the points of the growth curves (to ${lastOf(flags["grow-rooms"].default)}, ${lastOf(flags["grow-members"].default)}, ${lastOf(flags["grow-messages"].default)} and
                      ${lastOf(flags["grow-users"].default)}: some GiB on the disk)
  --generator c|node  the load generator (c, where there is a compiler)
  --data DIR          where databases are put (${flags.data.default})
  --out DIR           where the results are kept (${flags.out.default})
  --profile DIR       fanout and latency leave processor profiles of the server there, which cost a little
  --write-docs        makes docs/PERFORMANCE.md of the kept results; alone it measures nothing`;

/** @throws UsageError */
export function readOptions(args: readonly string[]): BenchOptions {
  const values = parsed(args);
  const number = (name: NumberFlag) => positive(`--${name}`, values[name]);
  const numbers = (name: ListFlag) =>
    words(values[name]).map((text) => wholeNumber(`--${name}`, text));
  const { generator } = values;
  if (generator !== "c" && generator !== "node") {
    throw new UsageError(`--generator is c or node, not "${generator}"`);
  }
  const audience = wholeNumber("--audience", values.audience, 2);
  const stopped = wholeNumber("--stopped", values.stopped, 1);
  if (stopped >= audience) {
    throw new UsageError(`--stopped is below --audience (${audience}), not "${stopped}"`);
  }
  return {
    only: words(values.only),
    seconds: number("seconds"),
    warmup: positive("--warmup", values.warmup),
    rounds: wholeNumber("--rounds", values.rounds, 1),
    sizes: words(values.sizes).map((text) => wholeNumber("--sizes", text, 1)),
    transports: words(values.transports).map(transport),
    rivals: words(values.rivals),
    connections: wholeNumber("--connections", values.connections, 1),
    hold: number("hold"),
    history: wholeNumber("--history", values.history, 1),
    messages: wholeNumber("--messages", values.messages, 1),
    audience,
    stopped,
    stall: number("stall"),
    fsyncMs: numbers("fsync-ms"),
    growRooms: numbers("grow-rooms"),
    growMembers: numbers("grow-members"),
    growMessages: numbers("grow-messages"),
    growUsers: numbers("grow-users"),
    generator,
    data: values.data,
    out: values.out,
    profile: values.profile,
    writesDocs: values["write-docs"],
    asksForHelp: values.help,
  };
}

type NumberFlag = "seconds" | "hold" | "stall";
type ListFlag = "fsync-ms" | "grow-rooms" | "grow-members" | "grow-messages" | "grow-users";

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, strict: true }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function positive(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value > 0 && Number.isFinite(value)) return value;
  throw new UsageError(`${flag} is a number above 0, not "${text}"`);
}

function wholeNumber(flag: string, text: string, least = 0): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isSafeInteger(value) && value >= least) return value;
  throw new UsageError(`${flag} takes whole numbers from ${least} on, not "${text}"`);
}

function transport(text: string): TransportName {
  const known = transportNames.find((name) => name === text);
  if (known !== undefined) return known;
  throw new UsageError(`--transports knows no "${text}"; there are ${transportNames.join(", ")}`);
}

function words(text: string): readonly string[] {
  return text.split(",").filter((word) => word !== "");
}
