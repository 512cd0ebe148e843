import * as pg from "drizzle-orm/pg-core";
import * as lite from "drizzle-orm/sqlite-core";

/**
 * Columns with the same names and the same TypeScript types in two dialects. Shared code is typed
 * as Postgres; the SQLite kit is cast to that type once, below. All columns are named explicitly.
 */
const bytea = pg.customType<{ data: Uint8Array; driverData: Uint8Array }>({
  dataType: () => "bytea",
});

/** Where damage has made another type of it, it is still bytes: whoever reads a page gets to see its checksum. */
const blob = lite.customType<{ data: Uint8Array; driverData: unknown }>({
  dataType: () => "blob",
  fromDriver: (value) => (value instanceof Uint8Array ? value : Buffer.from(String(value))),
});

export const postgresKit = {
  table: pg.pgTable,
  text: (name: string) => pg.text(name),
  integer: (name: string) => pg.integer(name),
  /** Safe integers only: seq, milliseconds. */
  bigint: (name: string) => pg.bigint(name, { mode: "number" }),
  boolean: (name: string) => pg.boolean(name),
  bytes: (name: string) => bytea(name),
  index: pg.index,
  uniqueIndex: pg.uniqueIndex,
  primaryKey: pg.primaryKey,
};

export type ColumnKit = typeof postgresKit;

export const sqliteKit = {
  table: lite.sqliteTable,
  text: (name: string) => lite.text(name),
  integer: (name: string) => lite.integer(name),
  bigint: (name: string) => lite.integer(name, { mode: "number" }),
  boolean: (name: string) => lite.integer(name, { mode: "boolean" }),
  bytes: (name: string) => blob(name),
  index: lite.index,
  uniqueIndex: lite.uniqueIndex,
  primaryKey: lite.primaryKey,
} as unknown as ColumnKit;
