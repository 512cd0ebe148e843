import { closeSync, fsyncSync, openSync, rmSync, statfsSync, statSync, writeSync } from "node:fs";
import { constants } from "node:os";
import path from "node:path";

export interface SpaceSettings {
  /** Below this nothing that grows the database is accepted; 0 never looks. */
  readonly minFreeBytes: number;
  /** Size of a file that is given up when the disk is really full; 0 keeps none. */
  readonly reserveBytes: number;
}

/** How it stands, as the log is told. */
export interface SpaceState {
  readonly isLow: boolean;
  readonly hasReserve: boolean;
  readonly freeBytes: number;
}

export interface SpaceWatchDeps {
  /** The database. */
  readonly file: string;
  readonly settings: SpaceSettings;
  /** Milliseconds that only grow. */
  readonly monotonic: () => number;
  /** Free bytes where the database is; undefined where that can't be said. */
  readonly freeBytes?: () => number | undefined;
  /** Called when something of it changed. */
  readonly changed: (state: SpaceState) => void;
}

/** How long what was seen is believed. */
const steadyMs = 5_000;
const lowMs = 1_000;

/**
 * Watches the disk that the database is on. New messages are refused while there is still space for
 * what makes some: deleting, signing in, reading. The reserve is for those when there is none at all.
 */
export class SpaceWatch {
  readonly #deps: SpaceWatchDeps;
  readonly #reserve: string;
  #isLow = false;
  #hasReserve = false;
  #free = Number.POSITIVE_INFINITY;
  #looked = Number.NEGATIVE_INFINITY;

  constructor(deps: SpaceWatchDeps) {
    this.#deps = deps;
    this.#reserve = `${deps.file}.reserve`;
    const { reserveBytes } = deps.settings;
    const found = statSync(this.#reserve, { throwIfNoEntry: false });
    this.#hasReserve = reserveBytes > 0 && found?.size === reserveBytes;
    if (found !== undefined && !this.#hasReserve) rmSync(this.#reserve, { force: true });
  }

  /** Whether there is too little; looks again when it is time to. */
  isLow(): boolean {
    const now = this.#deps.monotonic();
    if (now - this.#looked >= (this.#isLow ? lowMs : steadyMs)) this.#look(now);
    return this.#isLow;
  }

  /** Gives the reserve up. @returns whether there was one: it is worth trying again */
  release(): boolean {
    if (!this.#hasReserve) return false;
    rmSync(this.#reserve, { force: true });
    this.#hasReserve = false;
    this.#tell();
    return true;
  }

  /**
   * Why a write failed, as far as that can be found out: SQLite tells only that the disk is full, not
   * that a quota is used up or that files may not grow, which look like a disk that fails. A page is
   * tried beside the log, as far into its file as the log is long. Whatever else comes of that, also
   * that it can be written, is no proof that there was no room.
   */
  hasNoRoom(): boolean {
    const { file } = this.#deps;
    const wal = statSync(`${file}-wal`, { throwIfNoEntry: false });
    return noRoom.has(tryPage(`${file}.probe`, wal?.size ?? 0));
  }

  #look(now: number): void {
    this.#looked = now;
    const { freeBytes = () => freeBeside(this.#deps.file), settings } = this.#deps;
    this.#free = freeBytes() ?? Number.POSITIVE_INFINITY;
    const before = { isLow: this.#isLow, hasReserve: this.#hasReserve };
    const { minFreeBytes, reserveBytes } = settings;
    if (!this.#hasReserve && reserveBytes > 0 && this.#free >= minFreeBytes + reserveBytes) {
      this.#hasReserve = makeReserve(this.#reserve, reserveBytes);
    }
    this.#isLow = this.#free < minFreeBytes;
    if (before.isLow !== this.#isLow || before.hasReserve !== this.#hasReserve) this.#tell();
  }

  #tell(): void {
    const state = { isLow: this.#isLow, hasReserve: this.#hasReserve, freeBytes: this.#free };
    this.#deps.changed(state);
  }
}

function freeBeside(file: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(path.dirname(path.resolve(file)));
    return bavail * bsize;
  } catch {
    // Writing goes on until it fails; that is told then.
    return undefined;
  }
}

const { ENOSPC, EDQUOT, EFBIG } = constants.errno;
/** No space, no quota left, a file as long as this process may make one. By number: Node has no name for the second. */
const noRoom: ReadonlySet<number | undefined> = new Set([-ENOSPC, -EDQUOT, -EFBIG]);
const pageBytes = 4096;

/** Writes a page to a file that is gone afterwards. @returns the number of what kept it from that */
function tryPage(file: string, position: number): number | undefined {
  try {
    const handle = openSync(file, "w", 0o600);
    try {
      const page = Buffer.alloc(pageBytes, 0x5a);
      for (let done = 0; done < pageBytes; ) {
        done += writeSync(handle, page, done, pageBytes - done, position + done);
      }
    } finally {
      closeSync(handle);
      rmSync(file, { force: true });
    }
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).errno;
  }
}

const chunkBytes = 1024 * 1024;

/** Really written, so that it really takes its room. @returns whether it was made */
function makeReserve(file: string, bytes: number): boolean {
  try {
    const handle = openSync(file, "w", 0o600);
    try {
      const chunk = Buffer.alloc(chunkBytes, 0x5a);
      for (let left = bytes; left > 0; ) {
        left -= writeSync(handle, chunk, 0, Math.min(left, chunk.length));
      }
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    return true;
  } catch {
    // Without one there is less room when it is full, and nothing else: it is tried again.
    rmSync(file, { force: true });
    return false;
  }
}
