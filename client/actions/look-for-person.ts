import type { UserId } from "@lair-chat/protocol/ids.ts";
import { withPeople } from "../store/people.ts";
import { type ActionParts, ask } from "./action-parts.ts";
import { outcomeOf } from "./outcome.ts";

/**
 * Asks whether somebody is there: coming and going is told only of people one shares a conversation
 * with, and only from then on. Without an answer they stay as they were known.
 */
export async function lookForPerson(
  parts: Pick<ActionParts, "store" | "sessions">,
  userId: UserId,
): Promise<void> {
  const outcome = await outcomeOf(() => ask(parts, "get_user", { user_id: userId }));
  if (!outcome.ok) return;
  const { user, online } = outcome.value;
  parts.store.update((state) => withPeople(state, [{ ...user, online }]));
}
