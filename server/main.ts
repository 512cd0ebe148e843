import { runCommandLine } from "./cli/run-command-line.ts";

// Whatever this process makes is nobody else's to read.
process.umask(0o077);
process.exitCode = await runCommandLine(process.argv.slice(2));
