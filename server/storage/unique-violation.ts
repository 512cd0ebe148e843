import { databaseError } from "./sqlite-errors.ts";

const codes: ReadonlySet<string> = new Set([
  "SQLITE_CONSTRAINT_UNIQUE",
  "SQLITE_CONSTRAINT_PRIMARYKEY",
]);

/** Whether a row was refused because another has the same value in `column`, given as "table.column". */
export function isUniqueViolation(error: unknown, column: string): boolean {
  const cause = databaseError(error);
  if (cause === undefined || !codes.has(cause.code)) return false;
  // "UNIQUE constraint failed: rooms.name_key, rooms.other"
  const [, columns = ""] = cause.message.split("failed: ");
  return columns.split(", ").includes(column);
}
