import { ChatError } from "@lair-chat/protocol/errors.ts";

export interface HashQueueOptions {
  /** How many run at once. */
  readonly concurrency: number;
  /** How many may wait. */
  readonly capacity: number;
  /** How long one may wait, in milliseconds. */
  readonly patienceMs: number;
}

const hashQueueDefaults: HashQueueOptions = {
  concurrency: 2,
  capacity: 32,
  patienceMs: 3_000,
};

export interface HashQueueStats extends Pick<HashQueueOptions, "concurrency" | "capacity"> {
  readonly running: number;
  readonly waiting: number;
}

/** Runs few costly things at a time; whoever would wait too long is told so instead. */
export interface HashQueue {
  /** @throws ChatError `busy` or `shutting_down` when the task was not begun */
  run<T>(task: () => Promise<T>): Promise<T>;
  stats(): HashQueueStats;
  /** Refuses those who wait and resolves when what runs is done. */
  [Symbol.asyncDispose](): Promise<void>;
}

interface Waiting {
  begin(): void;
  refuse(error: ChatError): void;
}

export function createHashQueue(chosen: Partial<HashQueueOptions> = {}): HashQueue {
  const options = { ...hashQueueDefaults, ...chosen };
  const waiting = new Set<Waiting>();
  const running = new Set<Promise<unknown>>();
  let closed = false;

  function next(): void {
    const [first] = waiting;
    if (first !== undefined && running.size < options.concurrency) first.begin();
  }

  function start<T>(task: () => Promise<T>): Promise<T> {
    // A promise of its own, even for tasks that return the same one.
    const work = task().then((value) => value);
    running.add(work);
    const done = () => {
      running.delete(work);
      next();
    };
    work.then(done, done);
    return work;
  }

  function wait<T>(task: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        waiting.delete(entry);
      };
      const entry: Waiting = {
        begin: () => {
          leave();
          start(task).then(resolve, reject);
        },
        refuse: (error) => {
          leave();
          reject(error);
        },
      };
      const timer = setTimeout(() => entry.refuse(busy(options)), options.patienceMs);
      waiting.add(entry);
    });
  }

  return {
    // Not async: two calls in a row are counted before either begins.
    run: (task) => {
      if (closed) return Promise.reject(new ChatError("shutting_down"));
      if (running.size < options.concurrency && waiting.size === 0) return start(task);
      if (waiting.size >= options.capacity) return Promise.reject(busy(options));
      return wait(task);
    },
    stats: () => {
      const { concurrency, capacity } = options;
      return { running: running.size, waiting: waiting.size, concurrency, capacity };
    },
    [Symbol.asyncDispose]: async () => {
      closed = true;
      for (const entry of waiting) entry.refuse(new ChatError("shutting_down"));
      await Promise.allSettled(running);
    },
  };
}

function busy(options: HashQueueOptions): ChatError {
  return new ChatError("busy", { retryAfter: Math.ceil(options.patienceMs / 1000) });
}
