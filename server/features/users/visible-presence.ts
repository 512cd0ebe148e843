import type { UserId } from "@lair-chat/protocol/ids.ts";
import { sharingWith } from "../conversations/conversation-store.ts";
import type { UsersDeps } from "./users-deps.ts";

/** Which of these are online and let `me` see it: oneself, and whoever shares a conversation. */
export async function visiblyOnline(
  { db, presence }: UsersDeps,
  me: UserId,
  ids: Iterable<UserId>,
): Promise<ReadonlySet<UserId>> {
  const online = [...ids].filter((id) => presence.isOnline(id));
  const others = online.filter((id) => id !== me);
  const visible = others.length === 0 ? [] : await sharingWith(db, me, others);
  return new Set([...visible, ...online.filter((id) => id === me)]);
}
