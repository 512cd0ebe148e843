import { Worker } from "node:worker_threads";
import type { Argon2 } from "./argon2.ts";
import type { Argon2Answer, Argon2Call, Argon2Remark } from "./argon2-thread.ts";

/** Argon2id in threads of its own, which give way to those of the chat. */
export interface QuietArgon2 extends Argon2, AsyncDisposable {}

export interface QuietArgon2Options {
  readonly threadFile: URL;
  /** Started when they are first needed, and again when one has died. */
  readonly threads: number;
  /** Told why a thread does not give way. */
  readonly onRemark: (why: unknown) => void;
}

/** A call without what tells it from others. */
type Work<Call = Argon2Call> = Call extends Argon2Call ? Omit<Call, "id"> : never;

export function createQuietArgon2(setup: QuietArgon2Options): QuietArgon2 {
  const started = new Set<Argon2Thread>();
  let isOver = false;
  const leastBusy = (): Argon2Thread => {
    if (isOver) throw new Error("Passwords are not hashed any more.");
    const [best] = [...started].sort((one, other) => one.calls - other.calls);
    if (best !== undefined && (best.calls === 0 || started.size >= setup.threads)) return best;
    const thread = new Argon2Thread(setup, () => started.delete(thread));
    started.add(thread);
    return thread;
  };
  return {
    hash: async (password, options) =>
      String(await leastBusy().run({ kind: "hash", password, options })),
    verify: async (stored, password) =>
      (await leastBusy().run({ kind: "verify", password, stored })) === true,
    [Symbol.asyncDispose]: async () => {
      isOver = true;
      await Promise.all([...started].map((thread) => thread.end()));
    },
  };
}

class Argon2Thread {
  readonly #worker: Worker;
  /** Bounded by the queue of hashes. */
  readonly #waiting = new Map<number, PromiseWithResolvers<string | boolean>>();
  #lastId = 0;

  constructor({ threadFile, onRemark }: QuietArgon2Options, onGone: () => void) {
    this.#worker = new Worker(threadFile, { name: "passwords" });
    this.#worker.on("message", (said: Argon2Answer | Argon2Remark) => {
      if ("remark" in said) onRemark(said.remark);
      else this.#answered(said);
    });
    const gone = (cause: unknown) => {
      onGone();
      for (const { reject } of this.#waiting.values()) {
        reject(new Error("The thread that hashes passwords ended.", { cause }));
      }
      this.#waiting.clear();
    };
    this.#worker.on("error", gone);
    this.#worker.on("exit", (code) => gone(code));
    this.#worker.on("messageerror", (error) => {
      gone(error);
      void this.#worker.terminate();
    });
    this.#worker.unref();
  }

  get calls(): number {
    return this.#waiting.size;
  }

  run(work: Work): Promise<string | boolean> {
    this.#lastId += 1;
    const answer = Promise.withResolvers<string | boolean>();
    this.#waiting.set(this.#lastId, answer);
    this.#worker.postMessage({ ...work, id: this.#lastId } satisfies Argon2Call);
    // Only what is being waited for keeps the process.
    this.#worker.ref();
    return answer.promise;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #answered(answer: Argon2Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if ("error" in answer) waiting?.reject(answer.error);
    else waiting?.resolve(answer.result);
  }
}
