import { setTimeout as delay } from "node:timers/promises";
import type { Fault } from "../fault.ts";

export const kill: Fault = {
  name: "kill",
  about: "SIGKILL to the server at a random moment of its work, then a start on the same files.",
  needs: [],
  async run({ arena, random }) {
    await arena.progress(20 + random.below(200));
    await delay(random.below(100));
    await arena.server.kill();
    await arena.startServer();
    return { kills: 1 };
  },
};
