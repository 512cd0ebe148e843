import { chmod, mkdir, open, readFile, rename, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { codeOf, fromFileError } from "./account-file-error.ts";

const OTHERS = 0o077;
const hasModes = process.platform !== "win32";

/** A folder that only this user may look into. */
export async function makePrivateFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    if (hasModes) await chmod(path, 0o700);
  } catch (cause) {
    throw fromFileError(cause, "Using the folder", path);
  }
}

export interface PrivateText {
  readonly text: string;
  /** True if others could read it until now. */
  readonly wasOpen: boolean;
}

/** The text of a file, or undefined if there is none, or `too_large`. */
export async function readPrivateFile(
  path: string,
  maxBytes: number,
): Promise<PrivateText | "too_large" | undefined> {
  try {
    const { size, mode } = await stat(path);
    const wasOpen = hasModes && (mode & OTHERS) !== 0;
    if (wasOpen) await chmod(path, 0o600);
    if (size > maxBytes) return "too_large";
    return { text: await readFile(path, "utf8"), wasOpen };
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return undefined;
    throw fromFileError(cause, "Reading", path);
  }
}

/** Puts a text in the place of a file: after a crash there is the old one or the new one, whole. */
export async function replacePrivateFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  try {
    const file = await open(temporary, "w", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    await unlink(temporary).catch(() => undefined);
    throw fromFileError(cause, "Writing", path);
  }
}

/** Makes a rename last; not every system can do that, and then it lasts by itself or not at all. */
async function syncFolder(path: string): Promise<void> {
  if (!hasModes) return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
