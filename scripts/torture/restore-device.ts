import { existsSync } from "node:fs";
import { contentOf } from "./device-content.ts";
import { type HistoryRecord, mendLastLine, readHistory } from "./history.ts";
import type { Send } from "./outbox.ts";

/** Where a device was when its process ended. */
export interface RestoredDevice {
  /** By conversation: the last entry shown. */
  readonly shown: ReadonlyMap<string, number>;
  /** By conversation: its last send that was acknowledged. */
  readonly lastStored: ReadonlyMap<string, string>;
  /** Sends that may be stored or not, in order. */
  readonly unsettled: readonly Send[];
}

/** Reads a device's own history, as a client that was killed reads its own files. */
export function restoreDevice(path: string): RestoredDevice {
  const shown = new Map<string, number>();
  const lastStored = new Map<string, string>();
  const sends = new Map<string, Send>();
  if (!existsSync(path)) return { shown, lastStored, unsettled: [] };
  mendLastLine(path);
  for (const record of readHistory(path)) {
    if (record[0] === "show") shown.set(record[1], record[2][0]);
    else if (record[0] === "invoke") invoked(sends, record);
    else if (record[0] === "ok" || record[0] === "fail" || record[0] === "info") {
      settled(sends, lastStored, record);
    }
  }
  // Whatever is left was under way when the process ended.
  const unsettled = [...sends.values()].map((send) => ({ ...send, isUnsure: true }));
  return { shown, lastStored, unsettled };
}

function invoked(
  sends: Map<string, Send>,
  record: HistoryRecord & readonly ["invoke", ...unknown[]],
) {
  const [, , id, conversation, hash, bytes] = record;
  if (sends.has(id)) return;
  const content = contentOf(id, bytes);
  sends.set(id, { id, conversation, content, hash, isUnsure: false, isFlying: false });
}

function settled(
  sends: Map<string, Send>,
  lastStored: Map<string, string>,
  record: HistoryRecord & readonly ["ok" | "fail" | "info", ...unknown[]],
): void {
  const [kind, , id] = record;
  const send = sends.get(id);
  if (send === undefined) return;
  if (kind === "info") send.isUnsure = true;
  // Refused and never left open: given up. A device that goes on would have tried it again.
  else if (kind === "ok" || !send.isUnsure) sends.delete(id);
  if (kind === "ok") lastStored.set(send.conversation, id);
}
