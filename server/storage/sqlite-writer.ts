import path from "node:path";
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { failPoint } from "../observability/fail-points.ts";
import type { OperationTable } from "./batch-part.ts";
import { type CommitBatch, createCommitBatch } from "./commit-batch.ts";
import type { WriteOperation } from "./database.ts";
import { explainedFault } from "./explained-fault.ts";
import { ensureLogId } from "./log-id.ts";
import { sqliteTables } from "./schema/sqlite.ts";
import { type SpaceSettings, type SpaceState, SpaceWatch } from "./space-watch.ts";
import { openConnection, queriesOn, type SqliteClient } from "./sqlite-connection.ts";
import { syncToDisk } from "./sync-to-disk.ts";
import { WriterMemory } from "./writer-memory.ts";
import type {
  FatalBatch,
  Outcome,
  SettledReport,
  WriteCall,
  WriterReport,
  WriterRequest,
  WriterSetup,
} from "./writer-protocol.ts";

/** Calls that share a transaction at most: bounds how long the first of them waits for the last. */
const batchCalls = 512;

const spaceLookMs = 1_000;

/** An operation of the table, of which the thread only knows that it takes and gives something. */
export type AnyWriteOperation = WriteOperation<never, unknown>;

interface Writer {
  readonly client: SqliteClient;
  readonly commit: CommitBatch;
  readonly report: (report: WriterReport) => void;
}

/** Runs the only writing connection: takes all calls that have come, commits them together, tells what became of them. */
export function runWriter(
  port: MessagePort,
  setup: WriterSetup,
  operations: readonly AnyWriteOperation[],
): void {
  const report = (told: WriterReport) => port.postMessage(told);
  try {
    const writer = openWriter(setup, byName(operations), report);
    port.on("message", createInbox(port, writer));
    report({ kind: "ready" });
  } catch (error) {
    const told = explainedFault(setup.file, error);
    report({ kind: "cannot-start", text: told instanceof Error ? told.message : String(told) });
    port.close();
  }
}

/** @throws Error when two operations have one name */
function byName(operations: readonly AnyWriteOperation[]): OperationTable {
  const table = new Map<string, WriteOperation<unknown, unknown>>();
  for (const operation of operations) {
    if (table.has(operation.name)) {
      throw new Error(`Two write operations are called "${operation.name}".`);
    }
    table.set(operation.name, operation as WriteOperation<unknown, unknown>);
  }
  return table;
}

function openWriter(
  { file, newLogId, space: settings, maxPageCount }: WriterSetup,
  operations: OperationTable,
  report: Writer["report"],
): Writer {
  const client = openConnection({ file, access: "write" });
  ensureLogId(client, newLogId);
  // SQLite has done so when it made the WAL, but goes on where that failed: then the file could be
  // gone after a loss of power, with all that was acknowledged from it.
  syncToDisk(path.dirname(path.resolve(file)));
  if (maxPageCount !== undefined) client.pragma(`max_page_count = ${maxPageCount}`);
  const db = queriesOn(client);
  const space = watchSpace(file, settings, report);
  const memory = new WriterMemory();
  const commit = createCommitBatch({ client, db, tables: sqliteTables, operations, memory, space });
  return { client, commit, report };
}

/** Looks after the space also while nobody writes, so that it is known when there is some again. */
function watchSpace(file: string, settings: SpaceSettings, report: Writer["report"]): SpaceWatch {
  const monotonic = () => performance.now();
  const changed = (state: SpaceState) => report({ kind: "space", state });
  const space = new SpaceWatch({ file, settings, monotonic, changed });
  space.isLow();
  if (settings.minFreeBytes > 0) setInterval(() => space.isLow(), spaceLookMs).unref();
  return space;
}

/**
 * What came while a transaction was being committed goes into the next one together, so the batches
 * grow with the load and nobody waits for a batch to fill.
 */
function createInbox(port: MessagePort, writer: Writer): (first: WriterRequest) => void {
  let waiting: WriteCall[] = [];
  let now = 0;
  let closing = false;
  let running = false;

  function accept(request: WriterRequest): void {
    failPoint("writer received");
    if (request.kind === "close") closing = true;
    else {
      now = request.now;
      waiting = waiting.length === 0 ? [...request.calls] : waiting.concat(request.calls);
    }
  }

  function gather(): void {
    while (waiting.length < batchCalls) {
      const next = receiveMessageOnPort(port) as { message: WriterRequest } | undefined;
      if (next === undefined) return;
      accept(next.message);
    }
  }

  async function commitAll(): Promise<void> {
    for (gather(); waiting.length > 0; gather()) {
      const calls = waiting.slice(0, batchCalls);
      waiting = waiting.slice(batchCalls);
      const begun = performance.now();
      const result = await writer.commit(calls, now);
      const tookMs = performance.now() - begun;
      tell(writer, result.kind === "fatal" ? result : { ...result, tookMs }, calls);
      // After a fault nothing may touch the file again, not even to close it: that would write.
      if (result.kind === "fatal") return port.close();
    }
    running = false;
    if (closing) close(port, writer);
  }

  return (first) => {
    accept(first);
    if (running) return;
    running = true;
    // It catches what it expects; anything else ends the thread, which ends the process.
    void commitAll();
  };
}

function close(port: MessagePort, { client, report }: Writer): void {
  const problem = checkpoint(client);
  client.close();
  report({ kind: "closed", problem });
  port.close();
}

/** Puts all into the main file. What keeps it from that is returned: on a full disk we end in order all the same. */
function checkpoint(client: SqliteClient): string | undefined {
  try {
    failPoint("checkpoint");
    client.pragma("wal_checkpoint(TRUNCATE)");
    return undefined;
  } catch (error) {
    return String(error);
  }
}

function tell(
  writer: Writer,
  result: SettledReport | FatalBatch,
  calls: readonly WriteCall[],
): void {
  try {
    writer.report(result);
    failPoint("settled posted");
  } catch (error) {
    if (result.kind === "fatal") throw error;
    const outcomes = result.outcomes.map((outcome, index) => cloneable(outcome, calls[index]));
    writer.report({ ...result, outcomes });
  }
}

/** A result that cannot be sent is its operation's mistake, and must not cost the others theirs. */
function cloneable(outcome: Outcome, call: WriteCall | undefined): Outcome {
  try {
    structuredClone(outcome);
    return outcome;
  } catch (error) {
    const text = `The result of "${call?.name}" cannot be cloned, but it was stored: ${String(error)}`;
    return { kind: "failed", fault: { text, code: undefined, stack: undefined } };
  }
}
