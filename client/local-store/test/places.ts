import { copyFile, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { UserId } from "@lair-chat/protocol/ids.ts";
import { type OpenedStore, openLocalStore } from "../local-store.ts";

const me = "00000000-0000-7000-8000-000000000001" as UserId;
export const startTime = Date.parse("2026-03-01T12:00:00Z");
const nothingMoved = { read: new Map(), drafts: new Map(), outgoing: [] };

export interface Place extends AsyncDisposable {
  readonly path: (name: string) => string;
}

/** A folder of its own. */
export async function place(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "lair-local-"));
  return {
    path: (name) => join(folder, name),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

export const open = (path: string, now = startTime, userId = me): OpenedStore =>
  openLocalStore({ path, userId, now: () => now }, nothingMoved);

/** What is on disk at this moment, as a killed process leaves it: it says goodbye to nothing. */
export async function copyOf(path: string, to: string): Promise<string> {
  for (const part of ["", "-wal"]) {
    const isThere = await stat(path + part).then(
      () => true,
      () => false,
    );
    if (isThere) await copyFile(path + part, to + part);
  }
  return to;
}
