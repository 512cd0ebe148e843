/** The version both hellos carry. Everything newer than Lair Chat 0.8.0 is negotiated by `features`. */
export const PROTOCOL_VERSION = "1.0";

/** What the server calls itself in `server_hello`. */
export const SERVER_NAME = "Lair Chat";

/** True for every version this code still speaks: any 1.x. */
export function isSpokenVersion(version: string): boolean {
  return /^1\.\d{1,4}$/.test(version);
}

/**
 * What a client may ask for in its hello and the server offers in its own.
 * - `client_ids`: sends carry a `client_id` and are idempotent; requests are checked strictly and may
 *   be answered out of order (match by `request_id`). A client without it is served as Lair Chat 1.x.
 * - `log`: conversations are read by `seq` with `get_log`, and events of a conversation carry `seq`.
 */
export const FEATURES = ["client_ids", "log"] as const;

/**
 * What the server offers beside that to a client with `client_ids`.
 * - `resume`: the client keeps cursors. It catches up with `resume`, hears what its user's own log
 *   brings (`user_seq`), and is left out of pushes while it does not read, until `resync` says that
 *   it may catch up. It sends something at least every 45 s.
 * - `heads`: at least every minute it is told the heads of those conversations that changed.
 * - `packed`: messages of a room are pushed to it as `room_messages`.
 */
export const SERVER_FEATURES = [...FEATURES, "resume", "heads", "packed"] as const;
export type Feature = (typeof SERVER_FEATURES)[number];
