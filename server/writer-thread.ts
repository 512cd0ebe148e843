import { parentPort, workerData } from "node:worker_threads";
import { runWriter } from "./storage/sqlite-writer.ts";
import type { WriterSetup } from "./storage/writer-protocol.ts";
import { writeOperations } from "./write-operations.ts";

// The file a worker thread is started with; see `openSqlite`.
if (parentPort === null) throw new Error("writer-thread runs as a worker thread only.");
runWriter(parentPort, workerData as WriterSetup, writeOperations);
