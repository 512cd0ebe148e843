// Tells whether node_modules already holds what package-lock.json lists (somebody ran `npm ci`).
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/** True when every package that the lock file wants on this machine is installed at its version. */
export function installedAsLocked(root) {
  // npm writes this file last, so an interrupted installation has none.
  const installedFile = path.join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installedFile)) return false;
  const wanted = packagesOf(path.join(root, "package-lock.json"));
  const installed = packagesOf(installedFile);
  return Object.entries(wanted)
    .filter(([place, entry]) => place.includes("node_modules/") && isWantedHere(entry))
    .every(([place, entry]) => {
      const found = installed[place];
      const same = found?.version === entry.version && found?.integrity === entry.integrity;
      return same && existsSync(path.join(root, place));
    });
}

const packagesOf = (file) => JSON.parse(readFileSync(file, "utf8")).packages ?? {};

/** Optional packages without a platform of their own only come along with one that has. */
function isWantedHere({ optional, os, cpu, libc }) {
  if (!optional) return true;
  if (os === undefined && cpu === undefined) return false;
  return fits(os, process.platform) && fits(cpu, process.arch) && fits(libc, libcHere());
}

/** npm's notation: a list of what is allowed, or of what is not (`!win32`). */
function fits(list, value) {
  if (list === undefined) return true;
  const names = [list].flat();
  if (names.includes(`!${value}`)) return false;
  return names.includes(value) || names.every((name) => name.startsWith("!"));
}

function libcHere() {
  if (process.platform !== "linux") return undefined;
  return process.report.getReport().header.glibcVersionRuntime === undefined ? "musl" : "glibc";
}
