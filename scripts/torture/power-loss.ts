import type { DiskEvent } from "./disk-events.ts";
import type { Random } from "./random.ts";

/** What a disk may hold after the power went. */
export interface DiskImage {
  /** How many events of the recording had happened by then. */
  readonly cut: number;
  /** By path. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** Ids the world had been told of by then. */
  readonly told: ReadonlySet<string>;
  /** What became of the writes that no sync had covered. */
  readonly unsynced: Unsynced;
}

/** - `lost`: none of them is there. - `torn`: some sectors of them. - `kept`: all of them. */
const fates = ["lost", "torn", "kept"] as const;
type Unsynced = (typeof fates)[number];

type Change = DiskEvent & { readonly kind: "write" | "truncate" };

const sectorBytes = 512;

/**
 * Makes images of a disk that lost its power at random moments of a recording. What a sync had
 * covered is there; of the rest nothing, a part or everything. Names are taken to be durable as soon
 * as they change, and the disk to do what it is told: it neither reorders a sync nor lies about it.
 */
export function* diskImages(
  events: readonly DiskEvent[],
  count: number,
  random: Random,
): Generator<DiskImage> {
  const cuts = Array.from({ length: count }, () => random.below(events.length + 1));
  cuts.sort((a, b) => a - b);
  const disk = new Disk();
  let at = 0;
  for (const [number, cut] of cuts.entries()) {
    for (; at < cut; at += 1) disk.take(events[at] as DiskEvent);
    yield { cut, ...disk.image(fates[number % fates.length] ?? "lost", random) };
  }
}

class Disk {
  readonly #durable = new Map<string, Buffer>();
  readonly #pending = new Map<string, Change[]>();
  readonly #told = new Set<string>();

  take(event: DiskEvent): void {
    if (event.kind === "told") for (const id of event.ids) this.#told.add(id);
    else if (event.kind === "sync") this.#sync(event.file);
    else if (event.kind === "unlink") this.#forget(event.file);
    else if (event.kind === "rename") this.#rename(event.file, event.to);
    else {
      const changes = this.#pending.get(event.file) ?? [];
      changes.push(event);
      this.#pending.set(event.file, changes);
    }
  }

  image(unsynced: Unsynced, random: Random): Omit<DiskImage, "cut"> {
    const files = new Map<string, Buffer>();
    for (const [file, content] of this.#durable) files.set(file, content);
    for (const [file, changes] of this.#pending) {
      const content = this.#durable.get(file) ?? Buffer.alloc(0);
      files.set(file, after(content, survivors(changes, unsynced, random)));
    }
    return { files, told: new Set(this.#told), unsynced };
  }

  #sync(file: string): void {
    const changes = this.#pending.get(file) ?? [];
    this.#pending.delete(file);
    this.#durable.set(file, after(this.#durable.get(file) ?? Buffer.alloc(0), changes));
  }

  #forget(file: string): void {
    this.#durable.delete(file);
    this.#pending.delete(file);
  }

  #rename(from: string, to: string): void {
    const content = this.#durable.get(from);
    const changes = this.#pending.get(from);
    this.#forget(from);
    this.#forget(to);
    if (content !== undefined) this.#durable.set(to, content);
    if (changes !== undefined) {
      this.#pending.set(
        to,
        changes.map((change) => ({ ...change, file: to })),
      );
    }
  }
}

function survivors(changes: readonly Change[], unsynced: Unsynced, random: Random): Change[] {
  if (unsynced === "lost") return [];
  if (unsynced === "kept") return [...changes];
  return changes.flatMap((change) => {
    if (change.kind === "truncate") return random.below(2) === 0 ? [change] : [];
    return sectorsOf(change).filter(() => random.below(2) === 0);
  });
}

function sectorsOf({ file, at, bytes }: Change & { readonly kind: "write" }): Change[] {
  const sectors: Change[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = Math.min(start + sectorBytes - ((at + start) % sectorBytes), bytes.length);
    sectors.push({ kind: "write", file, at: at + start, bytes: bytes.subarray(start, end) });
    start = end;
  }
  return sectors;
}

/** A new content; the old one is left as it was. */
function after(content: Buffer, changes: readonly Change[]): Buffer {
  const ends = changes.map((change) =>
    change.kind === "write" ? change.at + change.bytes.length : change.length,
  );
  const made = Buffer.alloc(ends.reduce((max, end) => Math.max(max, end), content.length));
  content.copy(made);
  let { length } = content;
  for (const change of changes) {
    if (change.kind === "write") {
      change.bytes.copy(made, change.at);
      length = Math.max(length, change.at + change.bytes.length);
    } else {
      // What is cut off is gone, also when the file grows again.
      if (change.length < length) made.fill(0, change.length, length);
      ({ length } = change);
    }
  }
  return made.subarray(0, length);
}
