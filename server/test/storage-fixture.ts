import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type {
  ClientId,
  ConversationId,
  MessageId,
  RoomId,
  UserId,
} from "@lair-chat/protocol/ids.ts";
import { v7 } from "uuid";
import { encodeContent } from "../features/conversations/log-rules.ts";
import type { AppendMessageArgs } from "../features/messages/message-store.ts";
import { createRoomOperation } from "../features/rooms/room-store.ts";
import type { Database } from "../storage/database.ts";
import { type OpenSqliteOptions, openSqlite, type SqliteDatabase } from "../storage/open-sqlite.ts";
import { silentLog } from "../storage/storage-log.ts";
import type { FatalFault } from "../storage/writer-client.ts";
import { addUsers, type TestUser } from "./storage-operations.ts";

export const testWriterThread = new URL("./storage-writer-thread.ts", import.meta.url);

/** A folder of its own that goes away with its owner. */
export interface TemporaryFolder {
  readonly path: string;
  file(name: string): string;
  [Symbol.dispose](): void;
}

export function temporaryFolder(): TemporaryFolder {
  const folder = mkdtempSync(path.join(tmpdir(), "lair-storage-"));
  return {
    path: folder,
    file: (name) => path.join(folder, name),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** What a log was told. */
export interface Told {
  readonly level: "error" | "warn" | "info";
  readonly fields: object;
  readonly text: string;
}

export interface TestStorage {
  readonly file: string;
  readonly db: SqliteDatabase;
  readonly told: readonly Told[];
  readonly fatals: readonly FatalFault[];
  /** Resolves with the first fatal fault. */
  readonly failed: Promise<FatalFault>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface TestStorageOptions {
  /** Of an earlier database; otherwise a new one in a folder of its own. */
  readonly file?: string;
  readonly open?: Partial<OpenSqliteOptions>;
}

/** A real database in a real file, with the operations that tests want. */
export async function openTestStorage(options: TestStorageOptions = {}): Promise<TestStorage> {
  const folder = options.file === undefined ? temporaryFolder() : undefined;
  const file = options.file ?? folder?.file("lair-chat.db") ?? "";
  const told: Told[] = [];
  const note = (level: Told["level"]) => (fields: object, text: string) =>
    void told.push({ level, fields, text });
  const fatals: FatalFault[] = [];
  const { promise: failed, resolve } = Promise.withResolvers<FatalFault>();
  const db = await openSqlite({
    file,
    writerThread: testWriterThread,
    logger: { ...silentLog, error: note("error"), warn: note("warn"), info: note("info") },
    onFatal: (fault) => {
      fatals.push(fault);
      resolve(fault);
    },
    ...options.open,
  });
  return {
    file,
    db,
    told,
    fatals,
    failed,
    [Symbol.asyncDispose]: async () => {
      await db[Symbol.asyncDispose]();
      folder?.[Symbol.dispose]();
    },
  };
}

export const newId = {
  user: () => v7() as string as UserId,
  room: () => v7() as string as RoomId,
  message: () => v7() as string as MessageId,
  client: () => v7() as string as ClientId,
  conversation: () => v7() as string as ConversationId,
};

/** Makes accounts with these names. */
export async function makeUsers<Name extends string>(
  db: Database,
  ...names: readonly Name[]
): Promise<Record<Name, TestUser>> {
  const users = names.map((username) => ({ id: newId.user(), username }));
  await db.write(addUsers, users);
  const byName: Partial<Record<Name, TestUser>> = {};
  for (const user of users) byName[user.username] = user;
  return byName as Record<Name, TestUser>;
}

/** Makes a public room of which `owner` is the owner. */
export async function makeRoom(
  db: Database,
  owner: TestUser,
  settings: {
    readonly name?: string;
    readonly isPrivate?: boolean;
    readonly maxMembers?: number;
  } = {},
): Promise<RoomId> {
  const roomId = newId.room();
  await db.write(createRoomOperation, {
    roomId,
    ownerId: owner.id,
    name: settings.name ?? `room ${roomId}`,
    description: null,
    isPrivate: settings.isPrivate ?? false,
    maxMembers: settings.maxMembers ?? null,
  });
  return roomId;
}

/** The arguments of one send to a room. */
export function toRoom(
  roomId: RoomId,
  sender: TestUser,
  content: string,
  clientId: ClientId | null = newId.client(),
): AppendMessageArgs {
  return {
    target: { kind: "room", roomId },
    sender,
    messageId: newId.message(),
    clientId,
    payload: encodeContent(content),
  };
}

/** The arguments of one send to a user. */
export function toUser(
  recipient: UserId,
  sender: TestUser,
  content: string,
  clientId: ClientId | null = newId.client(),
): AppendMessageArgs {
  return {
    ...toRoom(newId.room(), sender, content, clientId),
    target: { kind: "dm", recipient, newConversationId: newId.conversation() },
  };
}
