import { type Database, writeOperation } from "./database.ts";

/** Writes a row that nobody needs: shows that a transaction reaches the disk. */
export const touchProbeOperation = writeOperation("touch_probe", async ({ db, now, tables }) => {
  const { serverState } = tables;
  const value = String(now);
  await db
    .insert(serverState)
    .values({ key: "readiness_probe", value })
    .onConflictDoUpdate({ target: serverState.key, set: { value } });
});

export interface Readiness {
  readonly ready: boolean;
  /** What was looked at, and how it was found. */
  readonly checks: Readonly<Record<string, string>>;
}

const cachedMs = 5_000;

/** Asks whether writes work, really and at most once in five seconds. */
export function createReadinessCheck(
  db: Pick<Database, "write">,
  monotonic: () => number,
): () => Promise<Readiness> {
  let last: { readonly at: number; readonly result: Promise<Readiness> } | undefined;
  return () => {
    const at = monotonic();
    if (last === undefined || at - last.at >= cachedMs) last = { at, result: probe(db) };
    return last.result;
  };
}

async function probe(db: Pick<Database, "write">): Promise<Readiness> {
  try {
    await db.write(touchProbeOperation, undefined);
    return { ready: true, checks: { database: "ok" } };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "failed";
    return { ready: false, checks: { database: code } };
  }
}
