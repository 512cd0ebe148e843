import { closeSync, fsyncSync, openSync, statSync } from "node:fs";

/** Has what was written to a file, or the names in a folder, survive a loss of power. */
export function syncToDisk(file: string): void {
  // Windows lets nobody open folders, and writes names without being asked.
  if (process.platform === "win32" && statSync(file).isDirectory()) return;
  const handle = openSync(file, process.platform === "win32" ? "r+" : "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
