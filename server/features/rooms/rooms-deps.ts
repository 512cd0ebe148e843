import type { RoomId } from "@lair-chat/protocol/ids.ts";
import type { Bus } from "../../cluster/bus.ts";
import type { Presence } from "../../cluster/presence.ts";
import type { Database } from "../../storage/database.ts";

/** What the handlers of this feature work with. */
export interface RoomsDeps {
  readonly db: Pick<Database, "read" | "tables" | "write">;
  readonly presence: Presence;
  readonly bus: Pick<Bus, "closeConversation" | "toUser">;
  /** Makes a UUIDv7. */
  readonly newId: () => string;
}

export function newRoomId({ newId }: Pick<RoomsDeps, "newId">): RoomId {
  return newId() as RoomId;
}
