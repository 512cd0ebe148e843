import { type Screen, say } from "../screen.ts";
import type { SwitcherItem } from "./switcher-items.ts";

/** Opens what was chosen in the finder; a room that one is not in is joined first. */
export async function goTo(
  screen: Pick<Screen, "ui" | "actions">,
  item: SwitcherItem,
): Promise<void> {
  const { actions } = screen;
  if (item.kind === "conversation") return actions.openConversation(item.key);
  if (item.kind === "person") return actions.openDirect(item.userId, item.name);
  say(screen, { severity: "info", text: "Joining…" });
  const outcome = await actions.joinRoom(item.roomId);
  say(screen, outcome.ok ? undefined : { severity: "error", text: outcome.message });
  if (outcome.ok) actions.openConversation(`room:${item.roomId}`);
}
