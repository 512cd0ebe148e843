import type { ClientId, UserId } from "@lair-chat/protocol/ids.ts";
import type { ConversationKey } from "../store/state.ts";

/** What one account on one server leaves on this machine. */
export interface SessionData {
  readonly server: string;
  readonly username: string;
  readonly userId: UserId;
  /** Undefined once the session is over; what else is here stays. */
  readonly refreshToken: string | undefined;
  /** How far each conversation was read; this and the rest only in files of earlier versions. */
  readonly read: ReadonlyMap<ConversationKey, number>;
  readonly drafts: ReadonlyMap<ConversationKey, string>;
  readonly outgoing: readonly StoredOutgoing[];
}

/** A message that may not have reached the server yet. */
export interface StoredOutgoing {
  readonly key: ConversationKey;
  /** Of the conversation, so that it can be shown before the server is there. */
  readonly title: string;
  readonly clientId: ClientId;
  readonly content: string;
  readonly createdAt: number;
  /** Why the server refused it, if it did. */
  readonly failed: string | undefined;
}

const FORMAT = 1;

export function writeSessionData(data: SessionData): string {
  const { read, drafts, ...rest } = data;
  const file = {
    format: FORMAT,
    ...rest,
    read: Object.fromEntries(read),
    drafts: Object.fromEntries(drafts),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** What a file says, or undefined if it is not one of ours or is damaged. */
export function readSessionData(text: string): SessionData | undefined {
  const file = parseObject(text);
  if (file?.["format"] !== FORMAT) return undefined;
  const { server, username, userId, refreshToken } = file;
  const outgoing = readOutgoing(file["outgoing"]);
  const isWhole =
    isString(server) &&
    isString(username) &&
    isString(userId) &&
    (refreshToken === undefined || isString(refreshToken)) &&
    outgoing !== undefined;
  if (!isWhole) return undefined;
  return {
    server,
    username,
    userId: userId as UserId,
    refreshToken,
    read: readMap(file["read"], isSeq),
    drafts: readMap(file["drafts"], isString),
    outgoing,
  };
}

type JsonRecord = Record<string, unknown>;

function parseObject(text: string): JsonRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    // The caller moves the file aside and says so.
    return undefined;
  }
}

function readMap<Value>(
  raw: unknown,
  isValue: (value: unknown) => value is Value,
): Map<ConversationKey, Value> {
  const map = new Map<ConversationKey, Value>();
  if (!isRecord(raw)) return map;
  for (const [key, value] of Object.entries(raw)) {
    if (isKey(key) && isValue(value)) map.set(key, value);
  }
  return map;
}

/** All of them or nothing: a message that somebody wrote is not left out in silence. */
function readOutgoing(raw: unknown): readonly StoredOutgoing[] | undefined {
  if (!Array.isArray(raw)) return undefined;
  const messages = raw.map(readOne);
  return messages.every((message) => message !== undefined) ? messages : undefined;
}

function readOne(raw: unknown): StoredOutgoing | undefined {
  if (!isRecord(raw)) return undefined;
  const { key, title, clientId, content, createdAt, failed } = raw;
  const isWhole =
    isString(key) &&
    isKey(key) &&
    isString(title) &&
    isString(clientId) &&
    isString(content) &&
    typeof createdAt === "number" &&
    (failed === undefined || isString(failed));
  if (!isWhole) return undefined;
  return { key, title, clientId: clientId as ClientId, content, createdAt, failed };
}

const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isString = (value: unknown): value is string => typeof value === "string";
const isSeq = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;
const isKey = (key: string): key is ConversationKey => /^(room|dm):[0-9a-fA-F-]{36}$/.test(key);
