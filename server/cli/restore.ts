import type { Config } from "../config/config.ts";
import { takeInstanceLock } from "../storage/instance-lock.ts";
import { randomLogId } from "../storage/log-id.ts";
import { restoreSqlite } from "../storage/restore-sqlite.ts";
import { describeReport } from "./verify.ts";

/** `restore`: puts a backup in the place of the database. */
export function restore({ database: { file } }: Config, backup: string): void {
  using _lock = takeInstanceLock(file, "restore");
  const options = { backup, file, newLogId: randomLogId(), now: Date.now() };
  const { report, keptAs, sessionsEnded } = restoreSqlite(options);
  console.log(describeReport(report));
  console.log(`${file} is that now. Everybody has to sign in again (${sessionsEnded} sessions).`);
  if (keptAs !== undefined) console.log(`What was there before is in ${keptAs}.`);
}
