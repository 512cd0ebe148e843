import { type Database, growingOperation } from "./database.ts";

/** Writes a row that nobody needs: shows that a transaction reaches the disk, and that messages are accepted. */
export const touchProbeOperation = growingOperation("touch_probe", async ({ db, now, tables }) => {
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

/** What was found is said again so long; what is wrong may be over sooner. */
const readyMs = 5_000;
const notReadyMs = 1_000;

/** Asks whether writes work, really and not at each call. */
export function createReadinessCheck(
  db: Pick<Database, "write">,
  monotonic: () => number,
): () => Promise<Readiness> {
  let last: Promise<Readiness> | undefined;
  let until = Number.NEGATIVE_INFINITY;
  return async () => {
    if (last === undefined || monotonic() >= until) {
      until = Number.POSITIVE_INFINITY;
      last = probe(db).then((result) => {
        until = monotonic() + (result.ready ? readyMs : notReadyMs);
        return result;
      });
    }
    return last;
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
