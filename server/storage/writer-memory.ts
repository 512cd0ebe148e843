import type { ConversationId } from "@lair-chat/protocol/ids.ts";
import type { LogPlace } from "./log-places.ts";

/** Answers and places kept at most; with one more all are forgotten and asked for again. */
const kept = 20_000;

/** By both ids that were asked about. */
type Answers = Map<string, Map<string, unknown>>;

/**
 * What the only writer of a file knows of it without reading it again. It is never more than what is
 * committed, or done by the transaction that is under way: all of it is forgotten before an operation
 * that may make any of it untrue, when something is undone, and when somebody else wrote the file.
 */
export class WriterMemory {
  readonly #answers = new Map<object, Answers>();
  readonly #places = new Map<ConversationId, LogPlace>();
  #size = 0;
  #fileVersion: number | undefined;
  /** Whether it was forgotten since the transaction began. */
  #isDisturbed = false;

  /** A transaction begins on the file as it is in this version, which every other writer changes. */
  begin(fileVersion: number): void {
    if (fileVersion !== this.#fileVersion) this.forget();
    this.#fileVersion = fileVersion;
    this.#isDisturbed = false;
  }

  /** The transaction is committed, and logs end where it moved them. */
  commit(moved: Iterable<readonly [ConversationId, LogPlace]>): void {
    if (this.#isDisturbed) return;
    for (const [id, place] of moved) {
      if (!this.#places.has(id)) this.#makeRoom();
      this.#places.set(id, place);
    }
  }

  forget(): void {
    this.#isDisturbed = true;
    this.#answers.clear();
    this.#places.clear();
    this.#size = 0;
  }

  placeOf(conversationId: ConversationId): LogPlace | undefined {
    return this.#places.get(conversationId);
  }

  answerTo(question: object, a: string, b: string): unknown {
    return this.#answers.get(question)?.get(a)?.get(b);
  }

  remember(question: object, [a, b]: readonly [string, string], answer: unknown): void {
    this.#makeRoom();
    const answers: Answers = this.#answers.get(question) ?? new Map();
    this.#answers.set(question, answers);
    const aboutA = answers.get(a) ?? new Map<string, unknown>();
    answers.set(a, aboutA.set(b, answer));
  }

  #makeRoom(): void {
    if (this.#size >= kept) this.forget();
    this.#size += 1;
  }
}
