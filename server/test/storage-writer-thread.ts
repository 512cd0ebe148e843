import { parentPort, workerData } from "node:worker_threads";
import { runWriter } from "../storage/sqlite-writer.ts";
import type { WriterSetup } from "../storage/writer-protocol.ts";
import { testOperations } from "./storage-operations.ts";

if (parentPort === null) throw new Error("runs as a worker thread only");
runWriter(parentPort, workerData as WriterSetup, testOperations);
