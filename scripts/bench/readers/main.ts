import { createInterface } from "node:readline";
import { type ReaderPlace, ResumingReader } from "./resuming-reader.ts";

// Readers in a process of their own, which can be stopped. The first line of the input is a JSON list
// of their places; each further one is answered with a line: the list of how far they have come.

let readers: readonly ResumingReader[] | undefined;

for await (const line of createInterface({ input: process.stdin })) {
  if (readers === undefined) {
    readers = (JSON.parse(line) as readonly ReaderPlace[]).map((at) => new ResumingReader(at));
    for (const reader of readers) void reader.run();
  } else {
    process.stdout.write(`${JSON.stringify(readers.map(({ progress }) => progress))}\n`);
  }
}
process.exit();
