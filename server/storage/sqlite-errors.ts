/**
 * What an error of SQLite means for the transaction it came up in.
 * - `full`: no space; once rolled back, nothing was stored
 * - `unwritten`: a write failed, and SQLite does not say whether for want of space: see `SpaceWatch.hasNoRoom`
 * - `busy`: somebody else holds the file; nothing was stored
 * - `broken`: whether something was stored is not known, or nothing can be stored any more
 * - `corrupt`: the file is damaged
 * - `constraint`: a row was refused, which undoes its statement and nothing else
 * - `other`: anything else, which undoes its statement and nothing else
 */
export type SqliteFault =
  | "full"
  | "unwritten"
  | "busy"
  | "broken"
  | "corrupt"
  | "constraint"
  | "other";

/** By the longest prefix that fits: extended codes follow their primary one. */
const faults: ReadonlyArray<readonly [prefix: string, fault: SqliteFault]> = [
  ["SQLITE_FULL", "full"],
  // EFBIG and EDQUOT arrive so, and EIO too.
  ["SQLITE_IOERR_WRITE", "unwritten"],
  ["SQLITE_IOERR", "broken"],
  ["SQLITE_NOMEM", "broken"],
  ["SQLITE_CORRUPT", "corrupt"],
  ["SQLITE_NOTADB", "corrupt"],
  ["SQLITE_BUSY", "busy"],
  ["SQLITE_LOCKED", "busy"],
  ["SQLITE_CONSTRAINT", "constraint"],
];

export function sqliteFault(error: unknown): SqliteFault {
  const code = databaseError(error)?.code;
  if (code === undefined) return "other";
  return faults.find(([prefix]) => code.startsWith(prefix))?.[1] ?? "other";
}

interface CodedError extends Error {
  readonly code: string;
}

/** The query builder wraps the driver's error, and puts the values into its text: look for the driver's own. */
export function databaseError(error: unknown): CodedError | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ("code" in at && typeof at.code === "string" && at.code.startsWith("SQLITE_")) {
      return at as CodedError;
    }
  }
  return undefined;
}
