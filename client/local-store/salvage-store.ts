import Sqlite from "better-sqlite3";
import type { StoredOutgoing } from "../files/session-data.ts";
import type { ConversationKey } from "../store/state.ts";
import type { Moved } from "./loaded.ts";
import type { ConversationRow, OutboxRow } from "./rows.ts";

const FOUND =
  "This was found in a damaged database. Read it over, then send it again or discard it.";
const MOST_ROWS = 20_000;
const keyPattern = /^(?:room|dm):[0-9a-f-]{36}$/;
const idPattern = /^[0-9a-f-]{36}$/;

type Found = Pick<ConversationRow, "key" | "title" | "read_seq" | "draft">;

/**
 * What no server has, as far as it can still be read in a damaged file, which stays as it is. None
 * of it is sent unasked: a word in it may be another one than was written.
 */
export function salvaged(path: string): Moved {
  const read = new Map<ConversationKey, number>();
  const drafts = new Map<ConversationKey, string>();
  const titles = new Map<ConversationKey, string>();
  for (const row of rowsOf<Found>(path, "SELECT key, title, read_seq, draft FROM conversations")) {
    if (!isKey(row.key)) continue;
    titles.set(row.key, String(row.title));
    if (Number.isSafeInteger(row.read_seq)) read.set(row.key, row.read_seq);
    if (typeof row.draft === "string" && row.draft !== "") drafts.set(row.key, row.draft);
  }
  const outgoing: StoredOutgoing[] = [];
  for (const row of rowsOf<OutboxRow>(path, "SELECT * FROM outbox ORDER BY position")) {
    const { client_id: clientId, key, content, created_at: createdAt } = row;
    const isWhole = idPattern.test(clientId) && isKey(key) && typeof content === "string";
    if (!isWhole || !Number.isSafeInteger(createdAt)) continue;
    outgoing.push({
      clientId,
      key,
      title: titles.get(key) ?? "…",
      content,
      createdAt,
      failed: FOUND,
    });
  }
  return { read, drafts, outgoing };
}

const isKey = (key: unknown): key is ConversationKey =>
  typeof key === "string" && keyPattern.test(key);

/** The rows up to the first that cannot be read. */
function rowsOf<T>(path: string, source: string): readonly T[] {
  const rows: T[] = [];
  let connection: Sqlite.Database | undefined;
  try {
    connection = new Sqlite(path, { readonly: true, fileMustExist: true });
    for (const row of connection.prepare<[], T>(source).iterate()) {
      if (rows.push(row) >= MOST_ROWS) break;
    }
  } catch (error) {
    // Whatever is unreadable of a file that is known to be damaged stays in it.
    if (!(error instanceof Sqlite.SqliteError)) throw error;
  } finally {
    connection?.close();
  }
  return rows;
}

/** Both; what is known of a message in the second counts. */
export function together(first: Moved, second: Moved): Moved {
  const known = new Set(second.outgoing.map(({ clientId }) => clientId));
  return {
    read: new Map([...first.read, ...second.read]),
    drafts: new Map([...first.drafts, ...second.drafts]),
    outgoing: [
      ...first.outgoing.filter(({ clientId }) => !known.has(clientId)),
      ...second.outgoing,
    ],
  };
}
