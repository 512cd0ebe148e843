import type { UserId } from "@lair-chat/protocol/ids.ts";

/**
 * Who is connected and knows to be signed in. Who may be told so is decided by the asker's feature, not here.
 * What is answered counts as told: where it does not last, an event says so.
 */
export interface Presence {
  isOnline(userId: UserId): boolean;
  /** Every connected user; grows with the connections, so ask only where all are needed. */
  onlineUsers(): ReadonlySet<UserId>;
}
