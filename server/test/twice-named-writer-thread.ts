import { parentPort, workerData } from "node:worker_threads";
import { writeOperation } from "../storage/database.ts";
import { runWriter } from "../storage/sqlite-writer.ts";
import type { WriterSetup } from "../storage/writer-protocol.ts";

if (parentPort === null) throw new Error("runs as a worker thread only");
runWriter(parentPort, workerData as WriterSetup, [
  writeOperation("test.twice", async () => 1),
  writeOperation("test.twice", async () => 2),
]);
