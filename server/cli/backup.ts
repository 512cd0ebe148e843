import type { Config } from "../config/config.ts";
import { backupSqlite } from "../storage/backup-sqlite.ts";
import { describeReport } from "./verify.ts";

/** `backup`: copies the database while the server goes on. */
export async function backup({ database }: Config, target: string, force: boolean): Promise<void> {
  console.log(describeReport(await backupSqlite({ file: database.file, target, force })));
  console.log(
    "It holds every message and the hashes of all passwords: keep it where nobody else can read it.",
  );
}
