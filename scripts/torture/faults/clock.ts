import type { Fault } from "../fault.ts";

const hook = new URL("../clock-hook.ts", import.meta.url);

export const clock: Fault = {
  name: "clock",
  about:
    "The server's wall clock jumps by seconds, hours and ten years, forwards and backwards, and stands still.",
  needs: [],
  async run({ arena, random }) {
    await arena.server.end("SIGTERM");
    const url = new URL(hook);
    url.searchParams.set("seed", String(random.below(1_000_000)));
    await arena.startServer({ nodeArgs: ["--import", url.href] });
    const moved = await arena.progress(400 + random.below(400), 10_000);
    await arena.server.end("SIGTERM");
    await arena.startServer();
    return { spells: 1, ...(moved ? {} : { short: 1 }) };
  },
};
