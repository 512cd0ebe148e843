import type { State } from "../store/state.ts";

/** Messages that were written and have not reached the server yet. */
export function unsentCount({ conversations }: Pick<State, "conversations">): number {
  let count = 0;
  for (const { outgoing } of conversations.values()) {
    count += outgoing.filter(({ status }) => status.state === "sending").length;
  }
  return count;
}
