/**
 * How the file came to be what it is, one step after another; each runs once, and what has been
 * released is never changed. The number of those that ran is the file's `user_version`.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  -- facts is NULL for what only was kept of a conversation before the server named it.
  CREATE TABLE conversations (
    key TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    facts TEXT,
    head INTEGER NOT NULL,
    chain_seq INTEGER,
    chain TEXT,
    read_seq INTEGER NOT NULL,
    server_read_seq INTEGER NOT NULL,
    draft TEXT NOT NULL,
    joined INTEGER NOT NULL,
    history_starts_at INTEGER,
    set_back TEXT
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE entries (
    key TEXT NOT NULL,
    seq INTEGER NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (key, seq)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE spans (
    key TEXT PRIMARY KEY,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    reached_start INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE outbox (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    client_id TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL,
    content TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('sending', 'failed')),
    message TEXT
  ) STRICT;

  CREATE TABLE acked (
    client_id TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    seq INTEGER NOT NULL,
    chain TEXT,
    content TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    acked_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX acked_by_key ON acked (key, seq);
  CREATE INDEX acked_by_time ON acked (acked_at);
  `,
  `
  -- Entries that only name people by their ids are to be read without a connection too.
  CREATE TABLE people (id TEXT PRIMARY KEY, username TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `,
];
