import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

/** What a traced process did to its files and told the world, in order. */
export type DiskEvent =
  | { readonly kind: "write"; readonly file: string; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: "truncate"; readonly file: string; readonly length: number }
  | { readonly kind: "sync"; readonly file: string }
  | { readonly kind: "unlink"; readonly file: string }
  | { readonly kind: "rename"; readonly file: string; readonly to: string }
  /** Ids that went out over a socket: whoever reads them may rely on what they name. */
  | { readonly kind: "told"; readonly ids: readonly string[] };

/** Put before a command, it writes what the command does to `log`. */
export function traceCommand(log: string): readonly string[] {
  const calls =
    "pwrite64,write,writev,sendto,sendmsg,fdatasync,fsync,ftruncate,unlink,unlinkat,rename,renameat2";
  const form = ["-f", "-qq", "--seccomp-bpf", "-xx", "-y", "-s", "1048576"];
  return ["strace", ...form, "-e", `trace=${calls}`, "-o", log];
}

/** Reads such a log. */
export async function readDiskEvents(log: string): Promise<readonly DiskEvent[]> {
  const events: DiskEvent[] = [];
  const unfinished = new Map<string, DiskEvent>();
  for await (const line of createInterface({ input: createReadStream(log) })) {
    const event = readLine(line, unfinished);
    if (event !== undefined) events.push(event);
  }
  return events;
}

/**
 * A write counts from its start, since from then on some of it may be there; a sync from its end,
 * since only then it has promised anything.
 */
function readLine(line: string, unfinished: Map<string, DiskEvent>): DiskEvent | undefined {
  const [, thread = "", name = "", args = ""] = /^(\d+) +(\w+)\((.*)$/.exec(line) ?? [];
  if (name === "") return resumed(line, unfinished);
  const event = readers[name]?.(args);
  if (event?.kind !== "sync") return event;
  if (args.endsWith("<unfinished ...>")) unfinished.set(thread, event);
  return args.endsWith("= 0") ? event : undefined;
}

function resumed(line: string, unfinished: Map<string, DiskEvent>): DiskEvent | undefined {
  const [, thread = ""] = /^(\d+) +<\.\.\. f(?:data)?sync resumed>.*= 0$/.exec(line) ?? [];
  const event = unfinished.get(thread);
  unfinished.delete(thread);
  return event;
}

const readers: Readonly<Record<string, ((args: string) => DiskEvent | undefined) | undefined>> = {
  pwrite64: readWrite,
  fdatasync: readSync,
  fsync: readSync,
  ftruncate: (args) => {
    const [, file = "", length = "0"] = /^\d+<([^>]*)>, (\d+)/.exec(args) ?? [];
    return { kind: "truncate", file: unhex(file).toString(), length: Number(length) };
  },
  unlink: readUnlink,
  unlinkat: readUnlink,
  rename: readRename,
  renameat2: readRename,
  write: readTold,
  writev: readTold,
  sendto: readTold,
  sendmsg: readTold,
};

function readWrite(args: string): DiskEvent | undefined {
  const [, file = "", bytes = "", at = "0"] =
    /^\d+<([^>]*)>, "([^"]*)", \d+, (\d+)/.exec(args) ?? [];
  if (file === "") throw new Error(`a write that is not wholly in the log: ${args.slice(0, 200)}`);
  return { kind: "write", file: unhex(file).toString(), at: Number(at), bytes: unhex(bytes) };
}

function readSync(args: string): DiskEvent {
  const [, file = ""] = /^\d+<([^>]*)>/.exec(args) ?? [];
  return { kind: "sync", file: unhex(file).toString() };
}

function readUnlink(args: string): DiskEvent | undefined {
  const [, file] = /"([^"]*)"/.exec(args) ?? [];
  return file === undefined ? undefined : { kind: "unlink", file: unhex(file).toString() };
}

function readRename(args: string): DiskEvent | undefined {
  const [file, to] = [...args.matchAll(/"([^"]*)"/g)].map(([, name = ""]) =>
    unhex(name).toString(),
  );
  return file === undefined || to === undefined ? undefined : { kind: "rename", file, to };
}

const clientId = /"client_id":"([0-9a-f-]{36})"/g;

function readTold(args: string): DiskEvent | undefined {
  if (!args.includes("\\x22\\x63\\x6c\\x69\\x65\\x6e\\x74\\x5f\\x69\\x64\\x22")) return undefined;
  const texts = [...args.matchAll(/"((?:\\x[0-9a-f]{2})+)"/g)].map(([, hex = ""]) => unhex(hex));
  const text = Buffer.concat(texts).toString("latin1");
  const ids = [...text.matchAll(clientId)].map(([, id = ""]) => id);
  return ids.length === 0 ? undefined : { kind: "told", ids };
}

function unhex(text: string): Buffer {
  return Buffer.from(text.replaceAll("\\x", ""), "hex");
}
