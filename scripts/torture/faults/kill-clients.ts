import { setTimeout as delay } from "node:timers/promises";
import type { Fault } from "../fault.ts";

export const killClients: Fault = {
  name: "kill-clients",
  about:
    "SIGKILL to a process of clients, now and then together with the server; they go on from their own files.",
  needs: [],
  async run({ arena, random }) {
    await arena.progress(20 + random.below(100));
    const group = random.pick(arena.groups);
    const isBoth = random.below(3) === 0;
    if (isBoth) await arena.server.kill();
    await group.kill();
    await delay(random.below(200));
    if (isBoth) await arena.startServer();
    arena.startGroup(group);
    return { clientKills: 1, ...(isBoth ? { kills: 1 } : {}) };
  },
};
