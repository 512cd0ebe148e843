import { failPoint } from "../observability/fail-points.ts";
import {
  type Access,
  type BatchDeps,
  type BatchMoment,
  fileVersion,
  type Part,
  partOf,
  type Refusal,
  refusedAs,
  runStatement,
} from "./batch-part.ts";
import { faultParts } from "./error-parts.ts";
import { TransactionPlaces } from "./log-places.ts";
import type { SpaceWatch } from "./space-watch.ts";
import type { SqliteClient } from "./sqlite-connection.ts";
import { type SqliteFault, sqliteFault } from "./sqlite-errors.ts";
import { storePlaces } from "./store-places.ts";
import type { BatchResult, WriteCall } from "./writer-protocol.ts";

/** Calls that share one transaction, and with it one fsync. */
export type CommitBatch = (calls: readonly WriteCall[], now: number) => Promise<BatchResult>;

type Attempt = BatchResult | { readonly kind: "refused"; readonly code: Refusal };

export interface CommitDeps extends BatchDeps {
  readonly space: Pick<SpaceWatch, "isLow" | "release" | "hasNoRoom">;
}

export function createCommitBatch(deps: CommitDeps): CommitBatch {
  const { space } = deps;
  return async (calls, now) => {
    const attempt = await attemptBatch(deps, calls, { now, access: accessNow(space) });
    if (attempt.kind !== "refused") return attempt;
    const { code } = attempt;
    if (code === "storage_full" && space.release()) {
      const again = await attemptBatch(deps, calls, { now, access: "not-growing" });
      if (again.kind !== "refused") return again;
    }
    return answerFromWhatIsStored(deps, calls, { now, code });
  };
}

function accessNow(space: CommitDeps["space"]): Access {
  return space.isLow() ? "not-growing" : "all";
}

async function attemptBatch(
  deps: CommitDeps,
  calls: readonly WriteCall[],
  { now, access }: { readonly now: number; readonly access: Access },
): Promise<Attempt> {
  const { client, memory } = deps;
  const places = new TransactionPlaces((id) => memory.placeOf(id));
  const at: BatchMoment = { now, access, places };
  const parts: Part[] = [];
  try {
    runStatement(client, "begin");
    memory.begin(fileVersion(client));
    failPoint("begun");
    for (const call of calls) parts.push(await partOf(deps, call, at));
    await storePlaces(deps, places);
    failPoint("before commit");
    runStatement(client, "commit");
    failPoint("after commit");
    memory.commit(places.moved());
  } catch (error) {
    memory.forget();
    const code = refusalFor(error, deps.space);
    return code !== undefined && rolledBack(client) ? { kind: "refused", code } : fatal(error);
  }
  return settled(parts, true);
}

/**
 * Nothing can be written now. A retry of what was stored before must not be told that it was not, so
 * each call is tried without writing: what needs none gets its answer, and all others are refused.
 */
async function answerFromWhatIsStored(
  deps: CommitDeps,
  calls: readonly WriteCall[],
  { now, code }: { readonly now: number; readonly code: Refusal },
): Promise<BatchResult> {
  const { client, memory } = deps;
  const refused: Part = { outcome: refusedAs(code), entries: [] };
  const places = new TransactionPlaces((id) => memory.placeOf(id));
  const at: BatchMoment = { now, access: "none", places };
  const parts: Part[] = [];
  try {
    runStatement(client, "beginReading");
    for (const call of calls) {
      const part = await partOf(deps, call, at);
      parts.push(part.outcome.kind === "done" ? part : refused);
    }
  } catch (error) {
    if (refusalFor(error, deps.space) === undefined) return fatal(error);
    // Not even that can be found out now.
    while (parts.length < calls.length) parts.push(refused);
  }
  return rolledBack(client)
    ? settled(parts, false)
    : fatal(new Error("A transaction did not end."));
}

function settled(parts: readonly Part[], committed: boolean): BatchResult {
  return {
    kind: "settled",
    outcomes: parts.map((part) => part.outcome),
    entries: parts.flatMap((part) => part.entries),
    committed,
  };
}

/** The faults after which it is certain that nothing was stored. */
const refusals: Partial<Record<SqliteFault, Refusal>> = {
  full: "storage_full",
  busy: "busy",
};

/**
 * Undefined where it is not certain that nothing was stored. A write that failed is taken for one without
 * room only if the disk says so: a frame that was not written whole fails its checksum and is ignored.
 */
function refusalFor(error: unknown, space: CommitDeps["space"]): Refusal | undefined {
  const fault = sqliteFault(error);
  return refusals[fault === "unwritten" && space.hasNoRoom() ? "full" : fault];
}

/** SQLite ends the transaction by itself on some errors; otherwise it is for us. */
function rolledBack(client: SqliteClient): boolean {
  try {
    if (client.inTransaction) runStatement(client, "rollback");
    return !client.inTransaction;
  } catch {
    // The caller reports the error that led here, which is the one that explains this one.
    return false;
  }
}

function fatal(error: unknown): BatchResult {
  const exitCode = sqliteFault(error) === "corrupt" ? 78 : 70;
  return { kind: "fatal", exitCode, fault: faultParts(error) };
}
