import { readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { DeviceId, UserId } from "@lair-chat/protocol/ids.ts";
import { type LocalStore, openLocalStore } from "../local-store/local-store.ts";
import { codeOf, fromFileError } from "./account-file-error.ts";
import { keptDeviceId } from "./device-id.ts";
import { makePrivateFolder, readPrivateFile, replacePrivateFile } from "./private-file.ts";
import { SavedFile } from "./saved-file.ts";
import { readSessionData, type SessionData, writeSessionData } from "./session-data.ts";
import { type SessionLock, takeLock } from "./session-lock.ts";

/** One account on one server, in use by this process and by no other. */
export interface Account {
  readonly data: SessionData;
  /** Its messages and whatever else is kept beside that. */
  readonly local: LocalStore;
  /** True if nothing of it was on this machine before. */
  readonly isNew: boolean;
  /** Changes what is kept and resolves when that is on disk. @throws AccountFileError */
  save(change: (data: SessionData) => SessionData): Promise<void>;
  /** Removes all of it from this machine. */
  forget(): Promise<void>;
  /** Lets another window use it. */
  release(): Promise<void>;
}

/** What was found at the start. */
export interface Claim {
  /** The session to go on with, if there is one that nobody uses. */
  readonly account: Account | undefined;
  /** Names of sessions that are open in other windows. */
  readonly taken: readonly string[];
  /** What the person should know. */
  readonly notices: readonly string[];
}

/** The sessions of one server that are kept on this machine, a file for each user. */
export interface Accounts {
  /** The session used last that no other window has; only of this user, if named. @throws AccountFileError */
  claim(username: string | undefined): Promise<Claim>;
  /** Names this installation to the server, the same for all its users. @throws AccountFileError */
  deviceId(): Promise<DeviceId>;
  /** Whether another window has it. @throws AccountFileError */
  isTaken(username: string): Promise<boolean>;
  /** The account of somebody who has just signed in, or undefined if another window has it. @throws AccountFileError */
  open(who: AccountOwner): Promise<OpenedAccount | undefined>;
}

export interface OpenedAccount {
  readonly account: Account;
  readonly notices: readonly string[];
}

export interface AccountOwner {
  readonly username: string;
  readonly userId: UserId;
}

export interface AccountsOptions {
  /** Where everything of this client is kept. */
  readonly folder: string;
  /** HOST:PORT */
  readonly server: string;
  now(): number;
  /** A random UUID. */
  newId(): string;
}

const LARGEST_FILE = 16 * 1024 * 1024;
const SESSIONS = 100;

export function openAccounts({ folder, server, now, newId }: AccountsOptions): Accounts {
  const serverFolder = join(folder, fileName(server));
  const pathOf = (username: string) => join(serverFolder, `session-${fileName(username)}`);

  async function take(base: string): Promise<SessionLock | undefined> {
    await makePrivateFolder(serverFolder);
    return takeLock(`${base}.lock`);
  }

  async function claim(username: string | undefined): Promise<Claim> {
    const taken: string[] = [];
    const notices: string[] = [];
    const bases = username === undefined ? await latestFirst(serverFolder) : [pathOf(username)];
    for (const base of bases) {
      const lock = await take(base);
      if (lock === undefined) {
        taken.push(await nameIn(base));
        continue;
      }
      const data = await load(base, { now, notices });
      const isUsable = data?.refreshToken !== undefined && data.server === server;
      if (isUsable) {
        const found = await inUse({ base, data, lock, isNew: false, now, notices });
        return { account: found, taken, notices };
      }
      await lock.release();
    }
    return { account: undefined, taken, notices };
  }

  async function open(who: AccountOwner): Promise<OpenedAccount | undefined> {
    const base = pathOf(who.username);
    const lock = await take(base);
    if (lock === undefined) return undefined;
    const notices: string[] = [];
    const known = await load(base, { now, notices });
    // A name may have been given to somebody else since.
    const isSame = known?.userId === who.userId && known.server === server;
    const data = isSame ? { ...known, ...who } : { ...emptyData(server), ...who };
    const own = await inUse({ base, data, lock, isNew: !isSame, now, notices });
    return { account: own, notices };
  }

  async function isTaken(username: string): Promise<boolean> {
    const lock = await take(pathOf(username));
    await lock?.release();
    return lock === undefined;
  }

  async function deviceId(): Promise<DeviceId> {
    await makePrivateFolder(serverFolder);
    return keptDeviceId(join(serverFolder, "device-id"), newId);
  }

  return { claim, open, isTaken, deviceId };
}

function emptyData(server: string): Omit<SessionData, keyof AccountOwner> {
  return { server, refreshToken: undefined, read: new Map(), drafts: new Map(), outgoing: [] };
}

interface InUse {
  /** Path of the file without its ending. */
  readonly base: string;
  readonly data: SessionData;
  readonly lock: SessionLock;
  readonly isNew: boolean;
}

/** The account with all its files. @throws AccountFileError; then it is free for another try */
async function inUse({ now, notices, ...taken }: InUse & LoadOptions): Promise<Account> {
  const { base, data, lock } = taken;
  try {
    const store = openLocalStore({ path: `${base}.db`, userId: data.userId, now }, data);
    notices.push(...store.notices);
    // It is there now, whatever the session file says until it is written the next time.
    const rest = { ...data, read: new Map(), drafts: new Map(), outgoing: [] };
    return account({ ...taken, data: rest, local: store.local });
  } catch (error) {
    await lock.release();
    throw error;
  }
}

function account(taken: InUse & { readonly local: LocalStore }): Account {
  const { base, lock, isNew, local } = taken;
  let { data } = taken;
  const path = `${base}.json`;
  const file = new SavedFile(() => replacePrivateFile(path, writeSessionData(data)));
  return {
    get data() {
      return data;
    },
    local,
    isNew,
    save(change) {
      data = change(data);
      return file.save();
    },
    async forget() {
      await rm(path, { force: true });
      local.remove();
    },
    async release() {
      local.close();
      await lock.release();
    },
  };
}

interface LoadOptions {
  now(): number;
  readonly notices: string[];
}

/** What a file holds; one that makes no sense is put aside and told of, never thrown away. */
async function load(base: string, { now, notices }: LoadOptions): Promise<SessionData | undefined> {
  const path = `${base}.json`;
  const file = await readPrivateFile(path, LARGEST_FILE);
  if (file === undefined) return undefined;
  const data = file === "too_large" ? undefined : readSessionData(file.text);
  if (data === undefined) {
    const aside = `${path}.damaged-${now()}`;
    await rename(path, aside).catch((cause: unknown) => {
      throw fromFileError(cause, "Renaming", path);
    });
    notices.push(
      `The session file ${path} was damaged and is now ${aside}. Sign in again; unsent messages may still be read in that file.`,
    );
    return undefined;
  }
  if (file !== "too_large" && file.wasOpen) {
    notices.push(
      `The session file ${path} could be read by others on this machine. That is put right; if somebody may have read it, sign out and in again.`,
    );
  }
  return data;
}

/** Paths without their ending. */
async function latestFirst(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    if (codeOf(cause) === "ENOENT") return [];
    throw fromFileError(cause, "Reading", folder);
  });
  const files = names.filter((name) => /^session-.*\.json$/.test(name)).slice(0, SESSIONS);
  const dated = await Promise.all(
    files.map(async (name) => {
      const path = join(folder, name);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: 0 }));
      return { base: path.slice(0, -".json".length), mtimeMs };
    }),
  );
  return dated.sort((a, b) => b.mtimeMs - a.mtimeMs).map(({ base }) => base);
}

/** Whose session it is, as that person writes the name. */
async function nameIn(base: string): Promise<string> {
  const file = await readPrivateFile(`${base}.json`, LARGEST_FILE);
  const data = typeof file === "object" ? readSessionData(file.text) : undefined;
  return data?.username ?? base.slice(base.lastIndexOf("session-") + "session-".length);
}

/** A name that every file system takes and that leads nowhere else; the server chose it. */
function fileName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, (character) =>
      character === ":" ? "-" : character === "." ? "." : "_",
    )
    .replace(/^\.+/, "_")
    .slice(0, 100);
}
