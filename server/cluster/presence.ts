import type { UserId } from "@lair-chat/protocol/ids.ts";

/** Who is connected. Who may be told so is decided by the asker's feature, not here. */
export interface Presence {
  isOnline(userId: UserId): boolean;
  /** Every connected user; grows with the connections, so ask only where all are needed. */
  onlineUsers(): ReadonlySet<UserId>;
}
