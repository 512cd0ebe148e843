import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { AccountFileError } from "./account-file-error.ts";
import { makePrivateFolder, readPrivateFile, replacePrivateFile } from "./private-file.ts";
import { type SessionLock, takeLock } from "./session-lock.ts";

/** What is remembered of a server that somebody has trusted. */
export interface KnownServer {
  /** Fingerprint of the key in its certificate. */
  readonly certificate?: string;
  /** Its static Noise key, base64. */
  readonly noiseKey?: string;
  /** ISO 8601. */
  readonly firstSeen: string;
}

/** The servers met before, in one file for all windows of this person. */
export interface KnownServers {
  /** @throws AccountFileError */
  get(server: string): Promise<KnownServer | undefined>;
  /** Remembers what was not known yet; what is known stays. @throws AccountFileError */
  add(server: string, pin: Omit<KnownServer, "firstSeen">): Promise<KnownServer>;
  /** False if it was not known. @throws AccountFileError */
  forget(server: string): Promise<boolean>;
}

export interface KnownServersOptions {
  /** Where everything of this client is kept. */
  readonly folder: string;
  now(): number;
}

type Servers = ReadonlyMap<string, KnownServer>;

const FILE = "known-servers.json";
const FORMAT = 1;
const LARGEST_FILE = 1024 * 1024;
const SERVERS = 2_000;
const LOCK_TRIES = 100;
const LOCK_PAUSE_MS = 20;

export function openKnownServers({ folder, now }: KnownServersOptions): KnownServers {
  const path = join(folder, FILE);

  /** Reads, changes and writes while no other window does. */
  async function change(work: (servers: Servers) => Servers): Promise<Servers> {
    await makePrivateFolder(folder);
    const lock = await patientLock(path);
    try {
      const before = await load(path);
      const after = work(before);
      if (after !== before) await replacePrivateFile(path, written(after));
      return after;
    } finally {
      await lock.release();
    }
  }

  return {
    get: async (server) => (await load(path)).get(server),
    async add(server, pin) {
      const firstSeen = new Date(now()).toISOString();
      let kept: KnownServer = { ...pin, firstSeen };
      await change((servers) => {
        const known = servers.get(server);
        kept = { ...kept, ...known };
        if (known === undefined && servers.size >= SERVERS) throw full(path);
        return new Map(servers).set(server, kept);
      });
      return kept;
    },
    async forget(server) {
      let wasKnown = false;
      await change((servers) => {
        const others = new Map(servers);
        wasKnown = others.delete(server);
        return wasKnown ? others : servers;
      });
      return wasKnown;
    },
  };
}

async function patientLock(path: string): Promise<SessionLock> {
  for (let tries = 0; tries < LOCK_TRIES; tries += 1) {
    const lock = await takeLock(`${path}.lock`);
    if (lock !== undefined) return lock;
    await delay(LOCK_PAUSE_MS);
  }
  throw new AccountFileError(`${path} is being written by another window for too long. Try again.`);
}

async function load(path: string): Promise<Servers> {
  const file = await readPrivateFile(path, LARGEST_FILE);
  if (file === undefined) return new Map();
  const servers = file === "too_large" ? undefined : readServers(file.text);
  // Never begun anew by itself: then every server would be a new one, and nothing would be noticed.
  if (servers === undefined) throw damaged(path);
  return servers;
}

const damaged = (path: string): AccountFileError =>
  new AccountFileError(
    `The file ${path} says which servers are trusted, and it is damaged or of a newer version. Nothing is sent to anybody meanwhile. Put it right, or delete it: then every server is a new one, so compare the fingerprints.`,
  );

const full = (path: string): AccountFileError =>
  new AccountFileError(
    `The file ${path} holds ${SERVERS} servers, which is all it can. Remove some with --forget-server.`,
  );

function written(servers: Servers): string {
  const entries = [...servers].map(([server, { certificate, noiseKey, firstSeen }]) => [
    server,
    { certificate, noise_key: noiseKey, first_seen: firstSeen },
  ]);
  return `${JSON.stringify({ format: FORMAT, servers: Object.fromEntries(entries) }, null, 2)}\n`;
}

/** All of them or nothing: one that is not understood might be the one that matters. */
function readServers(text: string): Servers | undefined {
  const file = parsed(text);
  if (!isRecord(file) || file["format"] !== FORMAT || !isRecord(file["servers"])) return undefined;
  const servers = new Map<string, KnownServer>();
  for (const [server, entry] of Object.entries(file["servers"])) {
    const known = readServer(entry);
    if (known === undefined) return undefined;
    servers.set(server, known);
  }
  return servers;
}

function readServer(raw: unknown): KnownServer | undefined {
  if (!isRecord(raw)) return undefined;
  const { certificate, noise_key: noiseKey, first_seen: firstSeen } = raw;
  const isWhole =
    (certificate === undefined || isText(certificate, fingerprint)) &&
    (noiseKey === undefined || isText(noiseKey, key)) &&
    typeof firstSeen === "string";
  if (!isWhole) return undefined;
  return {
    ...(certificate === undefined ? {} : { certificate }),
    ...(noiseKey === undefined ? {} : { noiseKey }),
    firstSeen,
  };
}

const fingerprint = /^SHA256:[A-Za-z0-9+/]{43}$/;
const key = /^[A-Za-z0-9+/]{43}=$/;

const isText = (value: unknown, form: RegExp): value is string =>
  typeof value === "string" && form.test(value);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller says what to do.
    return undefined;
  }
}
