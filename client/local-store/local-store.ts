import type { UserId } from "@lair-chat/protocol/ids.ts";
import { AccountFileError } from "../files/account-file-error.ts";
import type { LogRange } from "../store/log-range.ts";
import type { ConversationKey } from "../store/state.ts";
import { FileContent } from "./file-content.ts";
import type { Loaded, Moved } from "./loaded.ts";
import { explained, isDamage, openFile, putAside, removeFile } from "./open-file-store.ts";
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
  /** Puts a damaged file aside and begins a new one; says so. @throws AccountFileError */
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
  const store = new Store(options);
  const notices = store.open();
  store.moveIn(moved);
  return { local: store, notices };
}

/** Whether a new file would help. */
export const isDamaged = (error: unknown): boolean => isDamage(error);

class Store implements LocalStore {
  readonly #options: LocalStoreOptions;
  #content: FileContent | undefined;

  constructor(options: LocalStoreOptions) {
    this.#options = options;
  }

  open(): readonly string[] {
    const { path, userId, now } = this.#options;
    const notices: string[] = [];
    try {
      if (this.#openFile(notices).owner() === userId) return notices;
    } catch (error) {
      if (!isDamage(error)) throw error;
      return [this.startOver()];
    }
    this.close();
    const aside = putAside(path, `other-user-${now()}`);
    this.#openFile(notices);
    return [
      ...notices,
      `The messages kept in ${path} were somebody else's and are now in ${aside}.`,
    ];
  }

  load(): Loaded {
    try {
      return { ...this.#use((content) => content.load()), notices: [] };
    } catch (error) {
      if (!isDamage(error)) throw error;
      const notices = [this.startOver()];
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

  moveIn(moved: Moved): void {
    this.#use((content) => content.moveIn(moved));
  }

  startOver(): string {
    const { path, now } = this.#options;
    this.close();
    const aside = putAside(path, `damaged-${now()}`);
    this.#openFile([]);
    return `The database ${path} was damaged and is now ${aside}. What the server has is loaded again; drafts and unsent messages may still be in that file.`;
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
        `The database ${path} could be read by others on this machine. That is put right.`,
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
