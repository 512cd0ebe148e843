import { indexOfSeq } from "../../store/message-changes.ts";
import type { MessageEntry, State } from "../../store/state.ts";
import type { UiState } from "../ui-state.ts";
import { openConversation } from "./open-chat.ts";

/** The message that the keys are for, if one was chosen and is still there. */
export function chosenMessage(
  state: Pick<State, "open" | "conversations">,
  { chosen }: Pick<UiState, "chosen">,
): MessageEntry | undefined {
  const conversation = openConversation(state);
  if (chosen === undefined || conversation?.key !== chosen.key) return undefined;
  const entry = conversation.entries[indexOfSeq(conversation.entries, chosen.seq)];
  return entry?.kind === "message" ? entry : undefined;
}
