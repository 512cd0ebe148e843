import Sqlite from "better-sqlite3";
import { checkIsDatabase } from "./data-file.ts";
import type { EntryRow } from "./log-chain.ts";
import { type HeadRow, LogCheck } from "./log-check.ts";
import { pendingMigrations } from "./migrate.ts";
import type { SqliteClient } from "./sqlite-connection.ts";
import { databaseError, sqliteFault } from "./sqlite-errors.ts";
import { StorageError } from "./storage-error.ts";

/** What was found in a database. */
export interface VerifyReport {
  readonly file: string;
  readonly users: number;
  readonly conversations: number;
  readonly entries: number;
  /** Migrations it lacks: an older release made it, and only its structure was checked. */
  readonly pending: readonly string[];
  /** In words, the first of them; none in a database that is in order. */
  readonly problems: readonly string[];
  /** All of them. */
  readonly problemCount: number;
}

const problemsKept = 20;

/** Problems as they are found: all are counted, the first are kept. */
class Problems {
  readonly kept: string[] = [];
  count = 0;

  readonly add = (text: string): void => {
    this.count += 1;
    if (this.kept.length < problemsKept) this.kept.push(text);
  };
}

/**
 * Looks through a database without changing anything; the server may be running.
 * @throws StorageError when it cannot be read at all, or was made by a newer release
 */
export function verifySqlite(file: string): VerifyReport {
  checkIsDatabase(file);
  const client = new Sqlite(file, { readonly: true, fileMustExist: true });
  try {
    // One state of it, whatever the server writes meanwhile.
    client.exec("begin");
    return verified(client, file);
  } finally {
    client.close();
  }
}

function verified(client: SqliteClient, file: string): VerifyReport {
  const problems = new Problems();
  let pending: readonly string[] = [];
  const counts = { users: 0, conversations: 0, entries: 0 };
  try {
    checkStructure(client, problems);
    pending = pendingMigrations(client).map(({ tag }) => tag);
    if (pending.length === 0) {
      counts.users = numberFrom(client, "select count(*) from users");
      counts.conversations = numberFrom(client, "select count(*) from conversations");
      counts.entries = checkLogs(client, problems);
      for (const [sql, text] of counted) {
        const found = numberFrom(client, sql);
        if (found > 0) problems.add(`${found} ${text}`);
      }
    }
  } catch (error) {
    if (error instanceof StorageError || sqliteFault(error) !== "corrupt") throw error;
    problems.add(`the file is damaged: ${databaseError(error)?.message}`);
  }
  return { file, ...counts, pending, problems: problems.kept, problemCount: problems.count };
}

function checkStructure(client: SqliteClient, problems: Problems): void {
  const found = client.pragma(`integrity_check(${problemsKept})`) as { integrity_check: string }[];
  for (const { integrity_check: text } of found) if (text !== "ok") problems.add(text);
  const broken = client.pragma("foreign_key_check") as { table: string; parent: string }[];
  for (const { table, parent } of broken) {
    problems.add(`a row of ${table} refers to a row of ${parent} that is not there`);
  }
}

const entriesQuery = `
  select conversation_id as conversationId, seq, kind, message_id as messageId,
    sender_id as senderId, sender_name as senderName, client_id as clientId,
    content_hash as contentHash, payload, key_id as keyId, chain, checksum,
    created_at as createdAt
  from log_entries where conversation_id = ? order by seq`;

const headsQuery = `
  select id as conversationId, last_seq as lastSeq, last_entry_at as lastEntryAt, chain
  from conversations order by id`;

/** Every log, entry by entry. @returns how many entries there are */
function checkLogs(client: SqliteClient, problems: Problems): number {
  let entries = 0;
  const rowsOf = client.prepare<[string], EntryRow>(entriesQuery);
  for (const head of client.prepare<[], HeadRow>(headsQuery).all()) {
    const check = new LogCheck(head.conversationId, problems.add);
    for (const row of rowsOf.iterate(head.conversationId)) {
      check.add(row);
      entries += 1;
    }
    check.finish(head);
  }
  return entries;
}

/** What must not be found, and what to say of it after its number. */
const counted: ReadonlyArray<readonly [sql: string, text: string]> = [
  [
    `select count(*) from rooms where member_count <>
      (select count(*) from members where conversation_id = rooms.id)`,
    "rooms count other members than they have",
  ],
  [
    `select count(*) from log_entries as m
      where (kind = 'erased' or (kind = 'message' and length(payload) = 0)) and not exists (
        select 1 from log_entries as c
        where c.message_id > m.message_id || '/' and c.message_id < m.message_id || '/:')`,
    "messages were changed by nothing that is in the log",
  ],
  [
    `select count(*) from users where log_seq <>
      coalesce((select max(seq) from user_log_entries where user_id = users.id), log_seq)`,
    "users have another log than its length says",
  ],
  [
    `select count(*) from (select 1 from user_log_entries group by user_id
      having count(*) <> max(seq) - min(seq) + 1)`,
    "logs of users have holes",
  ],
];

function numberFrom(client: SqliteClient, sql: string): number {
  return Number(client.prepare(sql).pluck().get());
}
