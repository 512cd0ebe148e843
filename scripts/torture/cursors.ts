import type { HistoryFile } from "./history.ts";
import type { PlacedEntry } from "./wire-entry.ts";

interface Cursor {
  shown: number;
  /** The newest that the server told, and of which entry. */
  chain: { readonly seq: number; readonly text: string } | undefined;
  /** The newest entry that is known to be there. */
  wanted: number;
  /** Up to date on this connection: what comes live from now on follows without a hole. */
  isLive: boolean;
}

/** What a device has shown of each conversation, and what it knows to be missing. */
export class Cursors {
  readonly #history: HistoryFile;
  readonly #cursors = new Map<string, Cursor>();
  shown = 0;

  constructor(history: HistoryFile) {
    this.#history = history;
  }

  /** For a device that starts again. */
  restore(conversation: string, shown: number): void {
    this.#of(conversation).shown = shown;
  }

  shownOf(conversation: string): number {
    return this.#of(conversation).shown;
  }

  chainOf(conversation: string): string | undefined {
    const { shown, chain } = this.#of(conversation);
    return chain?.seq === shown ? chain.text : undefined;
  }

  isMissingSome(conversation: string): boolean {
    const { shown, wanted } = this.#of(conversation);
    return shown < wanted;
  }

  /** The server says that the log goes up to here. */
  expect(conversation: string, head: number): void {
    const cursor = this.#of(conversation);
    cursor.wanted = Math.max(cursor.wanted, head);
  }

  /** A new connection, or one that was told to catch up: holes are no surprise until it has. */
  interrupted(): void {
    for (const cursor of this.#cursors.values()) cursor.isLive = false;
  }

  /** The server says what the chain is up to an entry. */
  chained(conversation: string, seq: number, text: string): void {
    this.#of(conversation).chain = { seq, text };
    this.#history.add(["chain", conversation, seq, text]);
  }

  caughtUp(conversation: string): void {
    const cursor = this.#of(conversation);
    if (cursor.shown >= cursor.wanted) cursor.isLive = true;
  }

  /** An entry of a page: shown as it comes, unless it was before. */
  read(placed: PlacedEntry): void {
    const cursor = this.#of(placed.conversation);
    if (placed.entry[0] > cursor.shown) this.#show(placed, cursor);
  }

  /** An entry that was pushed: shown if it is the next. False if something before it is missing. */
  pushed(placed: PlacedEntry): boolean {
    const cursor = this.#of(placed.conversation);
    const [seq] = placed.entry;
    cursor.wanted = Math.max(cursor.wanted, seq);
    if (seq <= cursor.shown) return true;
    if (seq === cursor.shown + 1) {
      this.#show(placed, cursor);
      return true;
    }
    if (cursor.isLive) {
      this.#history.add(["gap", placed.conversation, cursor.shown + 1, seq]);
      cursor.isLive = false;
    }
    return false;
  }

  #show({ conversation, entry }: PlacedEntry, cursor: Cursor): void {
    [cursor.shown] = entry;
    cursor.wanted = Math.max(cursor.wanted, cursor.shown);
    this.shown += 1;
    this.#history.add(["show", conversation, entry]);
  }

  #of(conversation: string): Cursor {
    const known = this.#cursors.get(conversation);
    if (known !== undefined) return known;
    const made = { shown: 0, chain: undefined, wanted: 0, isLive: false };
    this.#cursors.set(conversation, made);
    return made;
  }
}
