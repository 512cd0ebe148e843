import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { ConfigError } from "./config-error.ts";

/** A file beside the database that nobody but the server's user may read. */
export interface KeptFile {
  readonly path: string;
  /** The setting that it stands in for: what mistakes are reported by. */
  readonly setting: string;
}

/** What it holds as text; undefined where there is none. @throws ConfigError if it can't be read, or others could */
export function readKept(file: KeptFile): string | undefined {
  return readKeptBytes(file)?.toString("utf8");
}

/** The same as it is. @throws ConfigError */
export function readKeptBytes({ path, setting }: KeptFile): Buffer | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (process.platform !== "win32" && (found.mode & 0o077) !== 0) {
    const mode = (found.mode & 0o777).toString(8).padStart(4, "0");
    throw new ConfigError([
      `${setting}: ${path} can be read by others (mode ${mode}). Say: chmod 600 ${path}`,
    ]);
  }
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new ConfigError([`${setting}: cannot be read from ${path} (${String(cause)})`], {
      cause,
    });
  }
}

/**
 * Makes it, or with `replace` puts another in its place. Written whole before it has its name: what is
 * found under the name is never half of it. @throws ConfigError
 */
export function writeKept(
  { path, setting }: KeptFile,
  content: string | Uint8Array,
  how?: "replace",
): void {
  const draft = `${path}.${process.pid}.new`;
  rmSync(draft, { force: true });
  try {
    writeFileSync(draft, content, { flag: "wx", mode: 0o600, flush: true });
    if (how === "replace") renameSync(draft, path);
    else linkSync(draft, path);
  } catch (cause) {
    throw new ConfigError([`${setting}: cannot be kept in ${path} (${String(cause)})`], { cause });
  } finally {
    rmSync(draft, { force: true });
  }
}
