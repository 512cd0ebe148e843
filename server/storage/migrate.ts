import { renameSync, rmSync } from "node:fs";
import Sqlite from "better-sqlite3";
import { failPoint } from "../observability/fail-points.ts";
import { hasJournal, prepareDataFile } from "./data-file.ts";
import { explainedFault } from "./explained-fault.ts";
import { type Migration, readMigrations, sqliteMigrations } from "./migration-files.ts";
import { openConnection, type SqliteClient } from "./sqlite-connection.ts";
import { StorageError } from "./storage-error.ts";

export interface MigrateOptions {
  readonly file: string;
  /** Whether a missing file is made. */
  readonly create: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Where the migrations are; those of this release unless said. */
  readonly folder?: URL;
}

export interface MigrateResult {
  /** Tags of what was applied now, in order. */
  readonly applied: readonly string[];
  /** Path of the copy that was made before, if there was anything to copy. */
  readonly backup: string | undefined;
}

/**
 * Brings a database up to date, all or nothing, after a copy of it was made beside it.
 * @throws StorageError when it is newer than this server, was migrated by other files, is not ours or is damaged
 */
export function migrateSqlite(options: MigrateOptions): MigrateResult {
  const { file, create, now, folder = sqliteMigrations } = options;
  const migrations = readMigrations(folder);
  prepareDataFile(file, create);
  try {
    const pending = pendingIn(file, migrations);
    const [first] = pending;
    if (first === undefined) return { applied: [], backup: undefined };
    using opened = openForMigration(file);
    const backup = isEmpty(opened.client) ? undefined : copyBefore(opened.client, file, first.tag);
    apply(opened.client, migrations, now);
    return { applied: pending.map((migration) => migration.tag), backup };
  } catch (error) {
    throw explainedFault(file, error);
  }
}

/**
 * Looks without writing, so that a file that is not for us is left exactly as it was. Only where the
 * power went while a database was being made there is a journal that has to be played back first.
 */
function pendingIn(file: string, migrations: readonly Migration[]): readonly Migration[] {
  const readonly = !hasJournal(file);
  const client = new Sqlite(file, { readonly, fileMustExist: true });
  try {
    return pendingOf(client, migrations);
  } finally {
    client.close();
  }
}

/** What this release would still do to a database. @throws StorageError when it is not one of ours, or newer */
export function pendingMigrations(client: SqliteClient): readonly Migration[] {
  return pendingOf(client, readMigrations(sqliteMigrations));
}

function openForMigration(file: string) {
  const client = openConnection({ file, access: "write" });
  // Tables are rebuilt by making new ones, moving the rows and dropping the old: rows must not follow.
  client.pragma("foreign_keys = OFF");
  return { client, [Symbol.dispose]: () => void client.close() };
}

/** What is left to do. @throws StorageError when what was done is not the beginning of what is known */
function pendingOf(client: SqliteClient, migrations: readonly Migration[]): readonly Migration[] {
  const applied = appliedTo(client);
  for (const [index, row] of applied.entries()) checkApplied(client.name, row, migrations[index]);
  return migrations.slice(applied.length);
}

interface AppliedRow {
  readonly tag: string;
  readonly hash: string;
}

function appliedTo(client: SqliteClient): readonly AppliedRow[] {
  if (hasTable(client, "schema_migrations")) {
    return client
      .prepare("select tag, hash from schema_migrations order by rowid")
      .all() as AppliedRow[];
  }
  if (isEmpty(client)) return [];
  throw new StorageError(
    `${client.name} is the database of something else; nothing in it was touched. Name another file.`,
  );
}

function checkApplied(file: string, row: AppliedRow, migration: Migration | undefined): void {
  if (migration === undefined || migration.tag !== row.tag) {
    throw new StorageError(
      `${file} was made by a newer release of the server (it has "${row.tag}", which this one ` +
        "does not know). Start that release, or restore a backup from before.",
    );
  }
  if (migration.hash === row.hash) return;
  throw new StorageError(
    `The migration "${row.tag}" was changed after it had been applied to ${file}. ` +
      "Restore the file as it was released; changes go into a new migration.",
  );
}

function hasTable(client: SqliteClient, name: string): boolean {
  const sql = "select 1 from sqlite_schema where type = 'table' and name = ?";
  return client.prepare(sql).get(name) !== undefined;
}

function isEmpty(client: SqliteClient): boolean {
  return client.prepare("select 1 from sqlite_schema limit 1").get() === undefined;
}

/** A copy from which the release before can go on. */
function copyBefore(client: SqliteClient, file: string, tag: string): string {
  const copy = `${file}.before-${tag}`;
  const unfinished = `${copy}.part`;
  rmSync(unfinished, { force: true });
  prepareDataFile(unfinished, true);
  client.prepare("vacuum into ?").run(unfinished);
  renameSync(unfinished, copy);
  return copy;
}

function apply(client: SqliteClient, migrations: readonly Migration[], now: number): void {
  const inOneTransaction = client.transaction(() => {
    client.exec(
      "create table if not exists schema_migrations " +
        "(tag text primary key not null, hash text not null, applied_at integer not null)",
    );
    // Asked again now that nobody else can: two servers may have been started together.
    for (const migration of pendingOf(client, migrations)) applyOne(client, migration, now);
    const [broken] = client.pragma("foreign_key_check") as readonly { readonly table: string }[];
    if (broken !== undefined) {
      throw new StorageError(`After the migration ${broken.table} would refer to missing rows.`);
    }
  });
  inOneTransaction.immediate();
}

function applyOne(client: SqliteClient, migration: Migration, now: number): void {
  for (const statement of migration.statements) client.exec(statement);
  failPoint("migrating");
  client
    .prepare("insert into schema_migrations (tag, hash, applied_at) values (?, ?, ?)")
    .run(migration.tag, migration.hash, now);
}
