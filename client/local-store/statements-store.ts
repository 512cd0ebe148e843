import type { Statement } from "better-sqlite3";
import type { Connection } from "./open-file-store.ts";

/** Every statement but the migrations, by name. */
const sources = {
  readMeta: "SELECT value FROM meta WHERE name = ?",
  putMeta:
    "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
  removeMeta: "DELETE FROM meta WHERE name = ?",
  conversations: "SELECT * FROM conversations ORDER BY key",
  putConversation: `INSERT INTO conversations (key, title, facts, head, chain_seq, chain, read_seq,
      server_read_seq, draft, joined, history_starts_at, set_back)
    VALUES (@key, @title, @facts, @head, @chain_seq, @chain, @read_seq,
      @server_read_seq, @draft, @joined, @history_starts_at, @set_back)
    ON CONFLICT (key) DO UPDATE SET title = excluded.title, facts = excluded.facts,
      head = excluded.head, chain_seq = excluded.chain_seq, chain = excluded.chain,
      read_seq = excluded.read_seq, server_read_seq = excluded.server_read_seq,
      draft = excluded.draft, joined = excluded.joined,
      history_starts_at = excluded.history_starts_at, set_back = excluded.set_back`,
  removeConversation: "DELETE FROM conversations WHERE key = ?",
  readEntry: "SELECT entry FROM entries WHERE key = ? AND seq = ?",
  entriesUpTo:
    "SELECT seq, entry FROM entries WHERE key = ? AND seq <= ? AND seq >= ? ORDER BY seq DESC LIMIT ?",
  putEntry:
    "INSERT INTO entries (key, seq, entry) VALUES (?, ?, ?) ON CONFLICT (key, seq) DO UPDATE SET entry = excluded.entry",
  removeEntries: "DELETE FROM entries WHERE key = ?",
  removeEntriesBefore: "DELETE FROM entries WHERE key = ? AND seq < ?",
  spans: "SELECT key, first, last, reached_start FROM spans",
  putSpan: `INSERT INTO spans (key, first, last, reached_start) VALUES (?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET first = excluded.first, last = excluded.last,
      reached_start = excluded.reached_start`,
  removeSpan: "DELETE FROM spans WHERE key = ?",
  people: "SELECT id, username FROM people",
  putPerson:
    "INSERT INTO people (id, username) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET username = excluded.username",
  forgetPeople: "DELETE FROM people WHERE id IN (SELECT id FROM people LIMIT -1 OFFSET ?)",
  outbox:
    "SELECT client_id, key, content, created_at, state, message FROM outbox ORDER BY position",
  putOutgoing: `INSERT INTO outbox (client_id, key, content, created_at, state, message)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (client_id) DO UPDATE SET state = excluded.state, message = excluded.message`,
  removeOutgoing: "DELETE FROM outbox WHERE client_id = ?",
  removeOutbox: "DELETE FROM outbox WHERE key = ?",
  acked:
    "SELECT client_id, seq, chain, content, created_at FROM acked WHERE key = ? AND acked_at >= ? ORDER BY seq",
  putAcked: `INSERT INTO acked (client_id, key, seq, chain, content, created_at, acked_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (client_id) DO UPDATE SET seq = excluded.seq,
      chain = coalesce(excluded.chain, chain), acked_at = excluded.acked_at`,
  removeAcked: "DELETE FROM acked WHERE client_id = ?",
  removeAckedOf: "DELETE FROM acked WHERE key = ?",
  forgetAcked: `DELETE FROM acked WHERE acked_at < ? OR client_id IN
      (SELECT client_id FROM acked ORDER BY acked_at DESC LIMIT -1 OFFSET ?)`,
} as const;

export type Statements = { readonly [N in keyof typeof sources]: Statement<unknown[]> };

export function prepareAll(connection: Connection): Statements {
  const entries = Object.entries(sources).map(([name, source]) => [
    name,
    connection.prepare(source),
  ]);
  return Object.fromEntries(entries) as Statements;
}
