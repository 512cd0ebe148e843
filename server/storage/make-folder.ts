import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";

/**
 * Makes a folder, its owner's alone, and those above it that are missing. One by one: where no
 * folders can be made, as under /proc, Node's own recursive way tries for ever.
 * @throws the system's error
 */
export function makeFolder(folder: string): void {
  const missing: string[] = [];
  for (let at = path.resolve(folder); !existsSync(at); at = path.dirname(at)) {
    missing.push(at);
    if (path.dirname(at) === at) break;
  }
  for (const one of missing.toReversed()) makeOne(one);
}

function makeOne(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Somebody was quicker.
    if (!existsSync(folder)) throw error;
  }
}
