import type { Config } from "../config/config.ts";
import { configExitCode } from "../config/config-error.ts";
import { visible } from "../observability/visible-text.ts";
import { type VerifyReport, verifySqlite } from "../storage/verify-sqlite.ts";

/** `verify`: looks through a database or a backup of one. Resolves with the exit code. */
export function verify({ database }: Config, file: string | undefined): number {
  const report = verifySqlite(file ?? database.file);
  console.log(describeReport(report));
  return report.problemCount === 0 ? 0 : configExitCode;
}

/** What was found, for people. */
export function describeReport(report: VerifyReport): string {
  const { file, users, conversations, entries, pending, problems, problemCount } = report;
  const seen =
    pending.length === 0
      ? `${users} users, ${conversations} conversations, ${entries} log entries`
      : `made by an older release (it lacks ${pending.join(", ")}), only its structure was checked`;
  if (problemCount === 0) return `${visible(file)} is in order: ${seen}.`;
  const more = problemCount - problems.length;
  return [
    `${visible(file)} is NOT in order: ${problemCount} problems (${seen}).`,
    ...problems.map((problem) => `  ${visible(problem)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    "Keep the file as it is, check the disk, and restore the newest backup that is in order.",
  ].join("\n");
}
