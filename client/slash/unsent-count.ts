import type { State } from "../store/state.ts";

type Conversations = Pick<State, "conversations">;

/** Messages that were written and have not reached the server yet. */
export function unsentCount({ conversations }: Conversations): number {
  let count = 0;
  for (const { outgoing } of conversations.values()) {
    count += outgoing.filter(({ status }) => status.state === "sending").length;
  }
  return count;
}

/** What only this machine has: it is gone once one signs out. */
export function onlyHere({ conversations }: Conversations): { unsent: number; drafts: number } {
  let unsent = 0;
  let drafts = 0;
  for (const { outgoing, draft } of conversations.values()) {
    unsent += outgoing.filter(({ status }) => status.state !== "sent").length;
    if (draft.trim() !== "") drafts += 1;
  }
  return { unsent, drafts };
}
