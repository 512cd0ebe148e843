import { databaseError } from "../storage/sqlite-errors.ts";
import { failureOf, faultExitCode } from "./exit-codes.ts";
import { createProgram } from "./program.ts";

/** Does what the command line says; resolves with the exit code. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  try {
    const program = createProgram((code) => {
      exitCode = code;
    });
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) {
      // The query builder's own error shows the values of the query.
      console.error(databaseError(error) ?? error);
      return faultExitCode;
    }
    if (failure.text !== "") console.error(failure.text);
    return failure.exitCode;
  }
}
