import { parentPort, workerData } from "node:worker_threads";
import { runWriter } from "../storage/sqlite-writer.ts";
import type { WriterSetup } from "../storage/writer-protocol.ts";
import { writeOperations } from "../write-operations.ts";
import { forgetEverythingOperation } from "./account-operations.ts";

if (parentPort === null) throw new Error("runs as a worker thread only");
runWriter(parentPort, workerData as WriterSetup, [...writeOperations, forgetEverythingOperation]);
