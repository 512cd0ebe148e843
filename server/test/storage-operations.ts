import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import { sql } from "drizzle-orm";
import {
  type AppendMessageArgs,
  appendMessageOperation,
} from "../features/messages/message-store.ts";
import { joinRoomOperation } from "../features/rooms/room-store.ts";
import { growingOperation, type WriteDb, writeOperation } from "../storage/database.ts";
import { writeOperations } from "../write-operations.ts";

/** Operations that only tests want, beside the server's own. */

export interface TestUser {
  readonly id: UserId;
  readonly username: string;
}

export const addUsers = writeOperation(
  "test.add_users",
  async ({ db, tables, now }, users: readonly TestUser[]) => {
    const rows = users.map(({ id, username }) => ({
      id,
      username,
      usernameKey: username.toLowerCase(),
      email: `${username}@example.org`,
      emailKey: `${username}@example.org`,
      passwordHash: "none",
      role: "user" as const,
      createdAt: now,
      updatedAt: now,
      lastSeenAt: null,
    }));
    await db.insert(tables.users).values(rows);
  },
);

export const setState = writeOperation(
  "test.set_state",
  async ({ db, tables }, row: { readonly key: string; readonly value: string }) => {
    await db
      .insert(tables.serverState)
      .values(row)
      .onConflictDoUpdate({
        target: tables.serverState.key,
        set: { value: row.value },
      });
  },
);

/** The same, where it needs space that may be kept for others. */
export const growState = growingOperation("test.grow_state", setState.run);

/** Two rows that are always equal, for those who look between transactions. */
export const setBoth = writeOperation("test.set_both", async (tx, value: string) => {
  await setState.run(tx, { key: "left", value });
  await setState.run(tx, { key: "right", value });
});

/** Writes, and then refuses (with a code) or breaks (without one). */
export const setStateAndThrow = writeOperation(
  "test.set_state_and_throw",
  async (tx, args: { readonly key: string; readonly refuse: boolean }) => {
    await setState.run(tx, { key: args.key, value: "half done" });
    if (args.refuse) throw new ChatError("room_full", { details: { why: "test" }, retryAfter: 7 });
    throw new TypeError("a mistake in an operation");
  },
);

/** Adds a row that may be there already, and does nothing about it. */
export const insertState = writeOperation(
  "test.insert_state",
  async ({ db, tables }, row: { readonly key: string; readonly value: string }) => {
    await db.insert(tables.serverState).values(row);
  },
);

/** What the writer sees of a row, its own transaction included. */
export const readState = writeOperation(
  "test.read_state",
  async ({ read, tables }, key: string): Promise<string | undefined> => {
    const rows = await read.select().from(tables.serverState);
    return rows.find((row) => row.key === key)?.value;
  },
);

/** Lets the file grow to so many pages, for tests of a full disk. */
export const allowPages = writeOperation("test.allow_pages", async ({ db }, pages: number) => {
  const raw = db as WriteDb & { all(query: unknown): unknown[] };
  raw.all(sql.raw(`pragma max_page_count = ${pages}`));
});

/** Says something in a conversation, and then refuses to have said it. */
export const appendAndRefuse = writeOperation(
  "test.append_and_refuse",
  async (tx, args: AppendMessageArgs) => {
    await appendMessageOperation.run(tx, args);
    throw new ChatError("room_full");
  },
);

/** Joins a room and is seen in it by what is said there, and then refuses to have joined. */
export const joinSpeakAndRefuse = writeOperation(
  "test.join_speak_and_refuse",
  async (tx, args: { readonly roomId: RoomId; readonly message: AppendMessageArgs }) => {
    await joinRoomOperation.run(tx, { roomId: args.roomId, userId: args.message.sender.id });
    await appendMessageOperation.run(tx, args.message);
    throw new ChatError("room_full");
  },
);

/** The same by an operation that says that it keeps what is remembered. */
export const rememberAndRefuse: typeof joinSpeakAndRefuse = {
  ...joinSpeakAndRefuse,
  name: "test.remember_and_refuse",
  keepsMemory: true,
};

/** Promises to fail only before its one change, and then fails behind it. */
export const breakPromise = writeOperation(
  "test.break_promise",
  async (tx, args: AppendMessageArgs) => {
    await appendMessageOperation.run(tx, args);
    throw new ChatError("room_full");
  },
  { keepsMemory: true, changesOnce: () => true },
);

export const giveFunction = writeOperation("test.give_function", async (tx, key: string) => {
  await setState.run(tx, { key, value: "stored" });
  return () => key;
});

/** Ends the thread in the middle of a transaction. */
export const exitThread = writeOperation("test.exit_thread", async (tx, key: string) => {
  await setState.run(tx, { key, value: "never committed" });
  process.exit(3);
});

export const notListed = writeOperation("test.not_listed", async () => "never");

export const testOperations = [
  ...writeOperations,
  addUsers,
  setState,
  growState,
  setBoth,
  setStateAndThrow,
  insertState,
  readState,
  allowPages,
  appendAndRefuse,
  joinSpeakAndRefuse,
  rememberAndRefuse,
  breakPromise,
  giveFunction,
  exitThread,
];
