import { ChatError } from "@lair-chat/protocol/errors.ts";
import { CommanderError } from "commander";
import { ConfigError, configExitCode } from "../config/config-error.ts";
import { visible } from "../observability/visible-text.ts";
import { DatabaseInUse } from "../storage/instance-lock.ts";
import { StorageError } from "../storage/storage-error.ts";
import { ListenError } from "../transports/bind.ts";
import { Interrupted } from "./read-password.ts";

/** What a command that failed says and ends with. */
export interface Failure {
  readonly text: string;
  readonly exitCode: number;
}

const usage = 2;
/** Restarting may help: EX_SOFTWARE. */
const failed = 70;

type Rule = readonly [kind: abstract new (...args: never[]) => Error, exitCode: number];

/** By kind, the first that fits. */
const rules: readonly Rule[] = [
  [ConfigError, configExitCode],
  // Whoever holds it may be about to end, as in a restart.
  [DatabaseInUse, failed],
  [ListenError, failed],
  [StorageError, configExitCode],
  [ChatError, 1],
  [Interrupted, 130],
];

/** What to say of an error; undefined for what is a fault of ours and needs its stack. */
export function failureOf(error: unknown): Failure | undefined {
  // Commander has said it already.
  if (error instanceof CommanderError) {
    return { text: "", exitCode: error.exitCode === 0 ? 0 : usage };
  }
  const rule = rules.find(([kind]) => error instanceof kind);
  if (rule === undefined || !(error instanceof Error)) return undefined;
  return { text: error.message.split("\n").map(visible).join("\n"), exitCode: rule[1] };
}

export const faultExitCode = failed;
