import type { UserId } from "@lair-chat/protocol/ids.ts";
import { AccountFileError } from "../files/account-file-error.ts";
import type { LogRange } from "../store/log-range.ts";
import type { ConversationKey } from "../store/state.ts";
import { FileContent } from "./file-content.ts";
import type { Loaded, Moved } from "./loaded.ts";
import { explained, isDamage, openFile, putAside, removeFile } from "./open-file-store.ts";
import { salvaged, together } from "./salvage-store.ts";
import type { Acked, StoreWrite } from "./store-write.ts";

/** Everything of one account that is kept on this machine, but for what it signs in with. */
export interface LocalStore {
  /** The newest of each conversation. @throws AccountFileError */
  load(): Loaded;
  /** Writes all of it, or nothing of it. @throws AccountFileError */
  write(write: StoreWrite): void;
  /** What is kept before a place, or the newest of it; undefined where nothing is. @throws AccountFileError */
  older(key: ConversationKey, before: number | undefined): LogRange | undefined;
  /** What the server has told us to have of our own in the last 30 days. @throws AccountFileError */
  acked(key: ConversationKey): readonly Acked[];
  /**
   * Puts a damaged file aside and begins a new one for what is in memory; says so. What is written
   * next has to be all of that.
   * @throws AccountFileError
   */
  startOver(): string;
  close(): void;
  /** Closes the file and removes it. @throws AccountFileError */
  remove(): void;
}

export interface LocalStoreOptions {
  readonly path: string;
  readonly userId: UserId;
  now(): number;
}

export interface OpenedStore {
  readonly local: LocalStore;
  /** What the person should know. */
  readonly notices: readonly string[];
}

/**
 * Opens the file of an account. A damaged one is put aside, and so is one of another user; what an
 * earlier version kept elsewhere is moved in once.
 * @throws AccountFileError
 */
export function openLocalStore(options: LocalStoreOptions, moved: Moved): OpenedStore {
  const store = new Store(options, moved);
  return { local: store, notices: store.open() };
}

/** Whether a new file would help. */
export const isDamaged = (error: unknown): boolean => isDamage(error);

class Store implements LocalStore {
  readonly #options: LocalStoreOptions;
  readonly #moved: Moved;
  #content: FileContent | undefined;

  constructor(options: LocalStoreOptions, moved: Moved) {
    this.#options = options;
    this.#moved = moved;
  }

  open(): readonly string[] {
    const { path, userId, now } = this.#options;
    const notices: string[] = [];
    try {
      const isOurs = this.#openFile(notices).owner() === userId;
      if (isOurs) {
        this.#moveIn(this.#moved);
        return notices;
      }
    } catch (error) {
      if (!isDamage(error)) throw error;
      return [this.#replace()];
    }
    this.close();
    const aside = putAside(path, `other-user-${now()}`);
    this.#openFile(notices);
    this.#moveIn(this.#moved);
    return [
      ...notices,
      `What was kept here of messages was somebody else's, of the same name. It is now in ${aside}`,
    ];
  }

  load(): Loaded {
    try {
      return { ...this.#use((content) => content.load()), notices: [] };
    } catch (error) {
      if (!isDamage(error)) throw error;
      const notices = [this.#replace()];
      return { ...this.#use((content) => content.load()), notices };
    }
  }

  write(write: StoreWrite): void {
    this.#use((content) => content.write(write));
  }

  older(key: ConversationKey, before: number | undefined): LogRange | undefined {
    return this.#use((content) => content.older(key, before));
  }

  acked(key: ConversationKey): readonly Acked[] {
    return this.#use((content) => content.acked(key));
  }

  startOver(): string {
    const aside = this.#putAside();
    // Unsent messages are all in memory, and some that stand there are stored by now.
    this.#moveIn({ ...salvaged(aside), outgoing: [] });
    return `What is kept of your messages on this machine was damaged. All that is shown is in a new database now; the damaged one is ${aside}`;
  }

  /** The same before anything of it was loaded. */
  #replace(): string {
    const aside = this.#putAside();
    const moved = together(this.#moved, salvaged(aside));
    this.#moveIn(moved);
    const { outgoing, drafts } = moved;
    const found =
      outgoing.length + drafts.size === 0
        ? "No unsent message or draft was found in it."
        : `Found in it and kept: unsent messages (${outgoing.length}), drafts (${drafts.size}).`;
    return `What is kept of your messages on this machine was damaged; it is loaded again from the server. ${found} The damaged database is ${aside}`;
  }

  /** The damaged file has another name afterwards, which is the answer. */
  #putAside(): string {
    const { path, now } = this.#options;
    this.close();
    const aside = putAside(path, `damaged-${now()}`);
    this.#openFile([]);
    return aside;
  }

  #moveIn(moved: Moved): void {
    this.#use((content) => content.moveIn(moved));
  }

  close(): void {
    this.#content?.close();
    this.#content = undefined;
  }

  remove(): void {
    this.close();
    removeFile(this.#options.path);
  }

  #openFile(notices: string[]): FileContent {
    const { path, userId, now } = this.#options;
    const { connection, wasOpen } = openFile(path);
    if (wasOpen) {
      notices.push(
        `What is kept of your messages could be read by others on this machine. That is put right: ${path}`,
      );
    }
    try {
      this.#content = new FileContent(connection, { userId, now });
      return this.#content;
    } catch (error) {
      connection.close();
      throw explained(error, path);
    }
  }

  #use<T>(work: (content: FileContent) => T): T {
    const { path } = this.#options;
    if (this.#content === undefined) throw new AccountFileError(`The database ${path} is closed.`);
    try {
      return work(this.#content);
    } catch (error) {
      throw explained(error, path);
    }
  }
}
