import type { MessageTarget } from "@lair-chat/protocol/messages/shapes.ts";
import type { LoggedEntry } from "./histories.ts";
import { contentHash, type ShownEntry } from "./history.ts";

/** A conversation's name in histories: the same for both ends of a direct one. */
export function conversationKey(target: MessageTarget, self: string): string {
  if (target.type === "room") return `room:${target.room_id}`;
  return `dm:${[self, target.recipient as string].toSorted().join(":")}`;
}

interface WireMessageShape {
  readonly author: string;
  readonly content: string;
  readonly client_id?: string;
  readonly target: MessageTarget;
}

export interface PlacedEntry {
  readonly conversation: string;
  readonly entry: ShownEntry;
}

type WireEvent = Readonly<Record<string, unknown>>;

/** A logged event as an entry of a conversation; undefined for what is in no log. */
export function placedEntry(event: WireEvent): PlacedEntry | undefined {
  const seq = event["seq"];
  if (typeof seq !== "number") return undefined;
  const kind = String(event["type"]);
  if (kind === "message_received") {
    const { author, content, client_id: id, target } = event["message"] as WireMessageShape;
    const entry: ShownEntry = [seq, kind, id ?? null, author, contentHash(content)];
    return { conversation: conversationKey(target, author), entry };
  }
  const roomId = event["room_id"] ?? (event["room"] as { id?: string } | undefined)?.id;
  if (typeof roomId !== "string") return undefined;
  const user = event["user_id"] ?? (event["user"] as { id?: string } | undefined)?.id ?? "";
  const entry: ShownEntry = [seq, kind, null, String(user), contentHash(`${kind} ${String(user)}`)];
  return { conversation: `room:${roomId}`, entry };
}

export function loggedEntry({ entry: [seq, kind, id, sender, hash] }: PlacedEntry): LoggedEntry {
  return { seq, kind, id, sender, hash };
}

/** One of which the server says that the disk has changed it. */
export function corruptEntry(seq: number): LoggedEntry {
  return { seq, kind: "corrupt", id: null, sender: "", hash: "" };
}
