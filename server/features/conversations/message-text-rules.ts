import type { PushedMessage } from "../../cluster/pushed-message.ts";
import type { LogEntry } from "../../storage/log-entry.ts";
import { decodeContent, targetOf, timestamp } from "./log-rules.ts";

/*
 * JSON of a message, written piece by piece: it says the same as `JSON.stringify(toMessage(entry))`.
 * Every message that is sent comes through here, twice: in the event for all who hear it, and in the
 * answer to whoever sent it. Of its parts only what people wrote needs escaping. Ids were checked on
 * their way in, or made here.
 */

/** Written once for both: an entry lives as long as its batch is being told. */
const written = new WeakMap<LogEntry, string>();

/** A message as every reader of its conversation sees it, the author included. */
export function messageText(entry: LogEntry): string {
  const known = written.get(entry);
  if (known !== undefined) return known;
  const text = write(entry);
  written.set(entry, text);
  return text;
}

/**
 * A message that has just been stored, as it is told to those who hear its conversation.
 * @throws TypeError where its content cannot be read
 */
export function toPush(entry: LogEntry): PushedMessage {
  if (entry.pair === undefined)
    return { rowText: rowText(entry), eventText: () => eventText(entry) };
  const text = eventText(entry);
  return { rowText: undefined, eventText: () => text };
}

function eventText(entry: LogEntry): string {
  const author = JSON.stringify(entry.senderName);
  return `{"type":"message_received","message":${messageText(entry)},"author_username":${author},"seq":${entry.seq}}`;
}

function rowText(entry: LogEntry): string {
  const { seq, messageId, senderId, senderName, createdAt, payload, clientId } = entry;
  const content = JSON.stringify(decodeContent(payload));
  const client = clientId === null ? "null" : `"${clientId}"`;
  return `[${seq},"${messageId}","${senderId}",${JSON.stringify(senderName)},${createdAt},${content},${client}]`;
}

function write(entry: LogEntry): string {
  const { messageId, senderId, payload, clientId, isEdited, seq } = entry;
  const content = JSON.stringify(decodeContent(payload));
  const client = clientId === null ? "" : `,"client_id":"${clientId}"`;
  return `{"id":"${messageId}","author":"${senderId}","target":${targetText(entry)},"content":${content},"edited":${isEdited ?? false},"created_at":"${timestamp(entry.createdAt)}","seq":${seq}${client}}`;
}

function targetText(entry: LogEntry): string {
  const target = targetOf(entry);
  return target.type === "room"
    ? `{"type":"room","room_id":"${target.room_id}"}`
    : `{"type":"dm","recipient":"${target.recipient}"}`;
}
