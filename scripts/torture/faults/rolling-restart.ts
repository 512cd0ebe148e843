import type { Fault } from "../fault.ts";

const drainMs = 15_000;

export const rollingRestart: Fault = {
  name: "rolling-restart",
  about: "SIGTERM under load and a start; every second time with TLS instead of without, or back.",
  needs: [],
  async run({ arena, random, violated }) {
    await arena.progress(20 + random.below(100));
    const began = performance.now();
    const { code, signal } = await arena.server.end("SIGTERM");
    const ms = performance.now() - began;
    if (code !== 0) violated(`after SIGTERM the server ended with ${code ?? signal}`);
    if (ms > drainMs) violated(`after SIGTERM the server took ${Math.round(ms)} ms to end`);
    const isTls = arena.mayUseTls && random.below(2) === 0;
    await arena.startServer({ isTls });
    return { restarts: 1, drainMs: Math.round(ms), ...(isTls ? { tls: 1 } : {}) };
  },
};
