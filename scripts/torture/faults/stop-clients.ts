import { setTimeout as delay } from "node:timers/promises";
import type { Fault } from "../fault.ts";

/** So much has to be pushed to a stopped reader that neither the kernel nor the server can hold it. */
const largeContent = 4000;
const messages = 3500;

export const stopClients: Fault = {
  name: "stop-clients",
  about:
    "SIGSTOP to a process of clients while the others write more than any buffer holds; then SIGCONT.",
  needs: ["procfs"],
  async run({ arena, random }) {
    const group = random.pick(arena.groups);
    const { contentBytes, window, intervalMs } = arena.orders;
    group.signal("SIGSTOP");
    arena.order({ contentBytes: largeContent, window: 32, intervalMs: 0 });
    const enough = await arena.progress(messages, 60_000);
    arena.order({ contentBytes, window, intervalMs });
    group.signal("SIGCONT");
    await delay(random.below(500));
    return { stops: 1, ...(enough ? {} : { short: 1 }) };
  },
};
