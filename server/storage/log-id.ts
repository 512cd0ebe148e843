import { randomBytes } from "node:crypto";
import type { SqliteClient } from "./sqlite-connection.ts";
import { StorageError } from "./storage-error.ts";

/*
 * The id of a history: what clients recognise a database by. Made with it, and another one after a
 * restore, so that they notice that what they know may be ahead of what is there.
 */

const key = "log_id";

/** 128 random bits, hex. */
export function randomLogId(): string {
  return randomBytes(16).toString("hex");
}

/** Gives the database `id`, unless it has one. */
export function ensureLogId(client: SqliteClient, id: string): void {
  client.prepare("insert or ignore into server_state (key, value) values (?, ?)").run(key, id);
}

/** Gives the database another id than it has. */
export function replaceLogId(client: SqliteClient, id: string): void {
  client.prepare("insert or replace into server_state (key, value) values (?, ?)").run(key, id);
}

/** @throws StorageError when there is none: it was made before the first reader */
export function readLogId(client: SqliteClient): string {
  const row = client.prepare("select value from server_state where key = ?").get(key);
  if (typeof row === "object" && row !== null && "value" in row) return String(row.value);
  throw new StorageError(`${client.name} has no ${key}.`);
}
