import { describeError } from "./describe-error.ts";
import { visible } from "./visible-text.ts";

/** How a field's value is written; undefined leaves it out. Says for the compiler what it takes. */
type Writer<T> = ((value: unknown) => unknown) & { readonly takes?: T };

const textCharacters = 200;

const text: Writer<string> = (value) =>
  typeof value === "string" ? visible(value.slice(0, textCharacters)) : undefined;
const number: Writer<number> = (value) => (typeof value === "number" ? value : undefined);
const yesOrNo: Writer<boolean> = (value) => (typeof value === "boolean" ? value : undefined);
const address: Writer<string> = (value) =>
  typeof value === "string" ? visible(network(value)) : undefined;
const list: Writer<readonly string[]> = (value) =>
  Array.isArray(value)
    ? value.slice(0, 20).map((item) => visible(String(item).slice(0, 80)))
    : undefined;
const error: Writer<unknown> = (value) => describeError(value);

/**
 * Every field that may stand in the log, and nothing else does: no names, no e-mail addresses, no
 * tokens, no contents. Whoever adds one says here how it is made harmless.
 */
const fields = {
  /** What went wrong. */
  err: error,
  /** An error code of the protocol. */
  code: text,
  /** Why a connection ended, or a state was entered. */
  reason: text,
  /** Name of a command of the protocol. */
  command: text,
  /** Name of a write operation. */
  operation: text,
  transport: text,
  method: text,
  /** The pattern of a route, not the path that was asked for. */
  route: text,
  status: number,
  /** Of a client; only the network it is in is written. */
  address,
  /** That we listen on. */
  bindAddress: text,
  tcpPort: number,
  httpPort: number,
  port: number,
  tls: yesOrNo,
  connectionId: text,
  userId: text,
  /** Of whoever did something to `userId`, or to what else is named. */
  actorId: text,
  sessionId: text,
  deviceId: text,
  conversationId: text,
  messageId: text,
  seq: number,
  durationMs: number,
  count: number,
  bytes: number,
  connections: number,
  /** Bytes that a reader has not taken yet. */
  waiting: number,
  version: text,
  node: text,
  pid: number,
  signal: text,
  exitCode: number,
  /** Of ours: the database, its backup, a certificate. */
  file: text,
  backup: text,
  /** Migrations. */
  applied: list,
} as const satisfies Record<string, Writer<unknown>>;

type Taken<W> = W extends Writer<infer T> ? T : never;

/** What can be logged beside the message. Unknown names do not compile, and are left out if they come. */
export type LogFields = {
  readonly [F in keyof typeof fields]?: Taken<(typeof fields)[F]> | undefined;
};

/** The known fields, written harmlessly. */
export function loggable(given: LogFields): Record<string, unknown> {
  const written: Record<string, unknown> = {};
  for (const [name, write] of Object.entries(fields)) {
    const value = given[name as keyof LogFields];
    if (value === undefined || value === null) continue;
    const safe = write(value);
    if (safe !== undefined) written[name] = safe;
  }
  return written;
}

/** The first three parts of an IPv4 address, the first three groups of an IPv6 one. */
function network(full: string): string {
  const plain = full.slice(0, 64).replace(/^::ffff:(?=\d+\.)/i, "");
  if (!plain.includes(":")) return plain.replace(/\.\d+$/, ".0");
  return `${plain.split(":").slice(0, 3).join(":")}::`;
}
