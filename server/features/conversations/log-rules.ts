import type { ConversationId, UserId } from "@lair-chat/protocol/ids.ts";
import type { Message } from "@lair-chat/protocol/messages/shapes.ts";
import type { EventOf, LoggedEvent } from "@lair-chat/protocol/registry.ts";
import { type EntryKind, type LogEntry, roomOfConversation } from "../../storage/log-entry.ts";
import { Shelf } from "../../storage/shelf.ts";

/** What entries hold, and the events they are pushed and read as. Pure: no database, no sockets. */

type JoinedEvent = EventOf<"user_joined_room">;

/** What a join entry holds of the one who joined: nothing that only its owner may see. */
export interface JoinPayload {
  readonly user: Omit<JoinedEvent["user"], "email" | "last_seen_at">;
  readonly membership: JoinedEvent["membership"];
}

export interface LeavePayload {
  readonly user_id: UserId;
  readonly username: string;
  readonly reason: "left" | "kicked" | "banned" | "room_deleted";
  /** Who put the member out; older entries do not say. */
  readonly by?: UserId;
}

/** By whom is who sent the entry. */
export type RolePayload = Pick<
  EventOf<"member_role_changed">,
  "user_id" | "username" | "old_role" | "new_role"
>;

export type SettingsPayload = Pick<EventOf<"room_updated">, "room" | "changes">;

const encoder = new TextEncoder();
// What the log holds was checked on its way in: damage must show and not become other characters.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function encodeContent(content: string): Uint8Array {
  return shelf.utf8(content);
}

/** Contents go to the thread that stores them, and most of them are small. */
const shelf = new Shelf(4096);

/** What `encodeContent` made. @throws TypeError where the bytes are no text */
export function decodeContent(payload: Uint8Array): string {
  return decoder.decode(payload);
}

export function encodeJoin(payload: JoinPayload): Uint8Array {
  return encoder.encode(JSON.stringify(payload));
}

export function encodeLeave(payload: LeavePayload): Uint8Array {
  return encoder.encode(JSON.stringify(payload));
}

export function encodeRole(payload: RolePayload): Uint8Array {
  return encoder.encode(JSON.stringify(payload));
}

export function encodeSettings(payload: SettingsPayload): Uint8Array {
  return encoder.encode(JSON.stringify(payload));
}

let lastMilliseconds = 0;
let lastTimestamp = new Date(lastMilliseconds).toISOString();

/** Milliseconds since the epoch, as the wire writes it. */
export function timestamp(milliseconds: number): string {
  // What is committed together has one time: it is written once for all of it.
  if (milliseconds !== lastMilliseconds) {
    lastTimestamp = new Date(milliseconds).toISOString();
    lastMilliseconds = milliseconds;
  }
  return lastTimestamp;
}

/** A chain, as the wire writes it. */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

const events: { readonly [Kind in EntryKind]: (entry: LogEntry) => LoggedEvent } = {
  message: (entry) => ({
    type: "message_received",
    message: toMessage(entry),
    author_username: entry.senderName,
    seq: entry.seq,
  }),
  edit: (entry) => {
    const message = subjectOf(entry);
    // Erased since: whoever reads the edit only now learns no more than that.
    if (message.kind === "erased") return erasedEvent(message, entry);
    return { type: "message_edited", message: toMessage(message), ...place(entry) };
  },
  erased: (entry) => erasedEvent(entry, entry),
  delete: (entry) => erasedEvent(subjectOf(entry), entry),
  join: (entry) => {
    const { user, membership } = decodeJson<JoinPayload>(entry);
    return {
      type: "user_joined_room",
      room_id: roomOfConversation(entry.conversationId),
      user: { ...user, email: "", last_seen_at: null },
      membership,
      ...place(entry),
    };
  },
  leave: (entry) => ({
    type: "user_left_room",
    room_id: roomOfConversation(entry.conversationId),
    ...decodeJson<LeavePayload>(entry),
    ...place(entry),
  }),
  role: (entry) => ({
    type: "member_role_changed",
    room_id: roomOfConversation(entry.conversationId),
    ...decodeJson<RolePayload>(entry),
    changed_by: entry.senderId,
    ...place(entry),
  }),
  settings: (entry) => {
    const { room, changes } = decodeJson<SettingsPayload>(entry);
    return {
      type: "room_updated",
      // Before there was this setting everybody could read everything.
      room: { ...room, settings: { ...{ history: "shared" }, ...room.settings } },
      changes,
      changed_by: entry.senderId,
      ...place(entry),
    };
  },
};

/** An entry as the event it is pushed and read as. */
export function toEvent(entry: LogEntry): LoggedEvent {
  return events[entry.kind](entry);
}

/**
 * An entry for somebody who may read what stands at `startsAt` and behind it: who may not read a
 * message learns no content of it from its edits either.
 */
export function asReadFrom(startsAt: number, entry: LogEntry): LogEntry {
  const { subject } = entry;
  const isHidden = entry.kind === "edit" && subject !== undefined && subject.seq < startsAt;
  return isHidden ? withoutContent(entry) : entry;
}

/** An edit that says of which message, and not what stands in it. */
export function withoutContent(entry: LogEntry): LogEntry {
  if (entry.subject === undefined) return entry;
  return { ...entry, subject: { ...entry.subject, payload: new Uint8Array(), clientId: null } };
}

/** What a page of the log says of a place whose content the disk has changed. */
export interface CorruptEntry {
  readonly type: "entry_corrupt";
  readonly seq: number;
  readonly corrupt: true;
}

/** An entry as a page gives it: what is damaged is neither believed nor passed over. */
export function toPageEntry(entry: LogEntry): LoggedEvent | CorruptEntry {
  const { seq } = entry;
  if (entry.isCorrupt === true || entry.subject?.isCorrupt === true) {
    return { type: "entry_corrupt", seq, corrupt: true };
  }
  return toEvent(entry);
}

type MembershipEvent =
  | EventOf<"user_joined_room">
  | EventOf<"user_left_room">
  | EventOf<"member_role_changed">;

/** The event of an entry that is a join, a leave or a change of role. */
export function toMembershipEvent(entry: LogEntry): MembershipEvent {
  const event = toEvent(entry);
  switch (event.type) {
    case "user_joined_room":
    case "user_left_room":
    case "member_role_changed":
      return event;
    default:
      throw new Error(`${nameOf(entry)} is no change of a membership.`);
  }
}

/** A message as every reader of its conversation sees it, the author included. */
export function toMessage(entry: LogEntry): Message {
  if (entry.kind !== "message" || entry.messageId === null) {
    throw new Error(`${nameOf(entry)} is no message.`);
  }
  return {
    id: entry.messageId,
    author: entry.senderId,
    target: targetOf(entry),
    content: decodeContent(entry.payload),
    edited: entry.isEdited ?? false,
    created_at: timestamp(entry.createdAt),
    seq: entry.seq,
    ...(entry.clientId !== null && { client_id: entry.clientId }),
  };
}

function subjectOf(change: LogEntry): LogEntry {
  if (change.subject === undefined) throw new Error(`${nameOf(change)} changes nothing.`);
  return change.subject;
}

/** Said in the place `at`, which is the message's own or one behind it. */
function erasedEvent(erased: LogEntry, at: LogEntry): EventOf<"message_deleted"> {
  const { messageId, deletedBy } = erased;
  if (messageId === null || deletedBy === undefined) {
    throw new Error(`${nameOf(erased)} was erased by nobody.`);
  }
  return {
    type: "message_deleted",
    message_id: messageId,
    message_seq: erased.seq,
    target: targetOf(erased),
    author: erased.senderId,
    deleted_by: deletedBy,
    ...place(at),
  };
}

/** In a direct conversation the recipient is the one who did not write. */
export function targetOf({ pair, senderId, conversationId }: LogEntry): Message["target"] {
  return targetFor(senderId, conversationId, pair);
}

/** What a member calls a conversation: a direct one by the other user. */
export function targetFor(
  userId: UserId,
  conversationId: ConversationId,
  pair: LogEntry["pair"],
): Message["target"] {
  if (pair === undefined) return { type: "room", room_id: roomOfConversation(conversationId) };
  return { type: "dm", recipient: pair[0] === userId ? pair[1] : pair[0] };
}

function nameOf({ seq, conversationId }: LogEntry): string {
  return `Entry ${seq} of ${conversationId}`;
}

function place({ seq, createdAt }: LogEntry): { seq: number; created_at: string } {
  return { seq, created_at: timestamp(createdAt) };
}

/** What was encoded above, by this release or an older one. */
function decodeJson<Payload>(entry: LogEntry): Payload {
  return JSON.parse(decoder.decode(entry.payload)) as Payload;
}
