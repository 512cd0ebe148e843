import type { Entry } from "../store/state.ts";
import { DamagedContent } from "./damaged-content.ts";

export const entryToJson = (entry: Entry): string => JSON.stringify(entry);

const kinds: ReadonlySet<unknown> = new Set<Entry["kind"]>([
  "message",
  "deleted",
  "join",
  "leave",
  "role",
  "room_change",
]);

/** An entry as it was; what JSON cannot say of one is put back. @throws DamagedContent */
export function entryFromJson(text: string): Entry {
  const raw = jsonObject(text);
  if (!kinds.has(raw["kind"]) || !Number.isSafeInteger(raw["seq"])) {
    throw new DamagedContent("an entry is none");
  }
  const entry = raw as unknown as Entry;
  if (entry.kind === "message") return { ...entry, clientId: entry.clientId };
  if (entry.kind === "deleted") return { ...entry, authorId: entry.authorId };
  if (entry.kind === "room_change") return { ...entry, description: entry.description };
  return entry;
}

/** @throws DamagedContent */
export function jsonObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DamagedContent("a row is no JSON", { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new DamagedContent("a row is no object");
  }
  return value as Record<string, unknown>;
}
