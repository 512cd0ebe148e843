import { useEffect, useState } from "react";
import type { Clock } from "../clock.ts";
import type { State } from "../store/state.ts";
import { openConversation } from "./chat/open-chat.ts";
import { isSomebodyWriting } from "./chat/status-row.ts";

const SECOND = 1000;

/** The time, ticking only while something on screen counts seconds. */
export function useNow(clock: Pick<Clock, "now" | "after">, state: State): number {
  const isCounting = state.link.state === "offline" || isSomebodyWriting(openConversation(state));
  const [tick, setTick] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each tick starts the next one
  useEffect(
    () => (isCounting ? clock.after(SECOND, () => setTick((count) => count + 1)) : undefined),
    [clock, isCounting, tick],
  );
  return clock.now();
}
