import type { Config } from "../config/config.ts";
import { takeInstanceLock } from "../storage/instance-lock.ts";
import { migrateSqlite } from "../storage/migrate.ts";

/** `migrate`: brings the database up to date, as a start of the server would. */
export function migrate({ database }: Config): void {
  using _lock = takeInstanceLock(database.file, "migrate");
  const { file, create } = database;
  const { applied, backup } = migrateSqlite({ file, create, now: Date.now() });
  if (applied.length === 0) console.log(`${file} is up to date.`);
  else console.log(`${file}: applied ${applied.join(", ")}.`);
  if (backup !== undefined) console.log(`What was there before is in ${backup}.`);
}
