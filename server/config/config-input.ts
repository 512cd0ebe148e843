import { readFileSync } from "node:fs";
import type { SettingName } from "./settings.ts";

/** Everything that settings are taken from, as it was found. */
export interface ConfigInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What stood on the command line. */
  readonly flags: { readonly [N in SettingName]?: string | undefined };
  /** `--config`. */
  readonly configFile: string | undefined;
  readonly cwd: string;
  /** @throws NodeJS.ErrnoException */
  readFile(path: string): string;
}

/** The one place where the server looks at its environment. */
export function systemInput(commandLine: Pick<ConfigInput, "flags" | "configFile">): ConfigInput {
  return {
    ...commandLine,
    env: process.env,
    cwd: process.cwd(),
    readFile: (path) => readFileSync(path, "utf8"),
  };
}
