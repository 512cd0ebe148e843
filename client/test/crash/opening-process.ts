import { setImmediate as turn } from "node:timers/promises";
import type { ClientId, RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import type { Moved } from "../../local-store/loaded.ts";
import { type OpenedStore, openLocalStore } from "../../local-store/local-store.ts";
import { roomKey } from "../../store/conversation.ts";

/*
 * Makes one database after another, out of what an earlier version kept, until it is killed: mostly
 * in the middle of that. Says before each which one it is, and after each that it is whole.
 */

export type OpeningWord = { readonly begun: string } | { readonly made: string };

const userId = "00000000-0000-7000-8000-000000000001" as UserId;
const key = roomKey("00000000-0000-7000-8000-000000000100" as RoomId);
const clientId = "00000000-0000-7000-8000-000000005001" as ClientId;
const createdAt = Date.parse("2026-03-01T12:00:00Z");
const unsent = { key, title: "lobby", clientId, content: "hello", createdAt, failed: undefined };
const moved: Moved = { read: new Map(), drafts: new Map([[key, "half"]]), outgoing: [unsent] };

export const openMoved = (path: string): OpenedStore =>
  openLocalStore({ path, userId, now: () => createdAt }, moved);

async function main(prefix: string): Promise<void> {
  const say = (word: OpeningWord): void => void process.send?.(word);
  process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
  for (let number = 1; ; number += 1) {
    const path = `${prefix}-${number}.db`;
    say({ begun: path });
    await turn();
    const { local } = openMoved(path);
    local.close();
    say({ made: path });
    await turn();
  }
}

if (import.meta.main) await main(process.argv[2] ?? "");
