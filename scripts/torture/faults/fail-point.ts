import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type FailPoint, failPoints } from "../../../server/observability/fail-points.ts";
import type { Counts, Fault, Stage } from "../fault.ts";
import { ServerUnderTest } from "../server-under-test.ts";

const hook = new URL("../fail-hook.ts", import.meta.url);
const reachMs = 20_000;

/** How often a point may be passed before it kills: those that come once in a life must not wait. */
const rare: ReadonlySet<FailPoint> = new Set(["checkpoint", "migrating"]);

export const failPoint: Fault = {
  name: "fail-point",
  about:
    "The server kills itself at a named point between the frame that comes in and the reply that goes out.",
  needs: [],
  run: (stage) => {
    const point = stage.random.pick(failPoints);
    return point === "migrating" ? killMigration(stage) : killServing(stage, point);
  },
};

function armed(point: FailPoint, hit: number): readonly string[] {
  const url = new URL(hook);
  url.searchParams.set("point", point);
  url.searchParams.set("hit", String(hit));
  return ["--import", url.href];
}

async function killServing({ arena, random }: Stage, point: FailPoint): Promise<Counts> {
  await arena.progress(20);
  await arena.server.kill();
  const hit = rare.has(point) ? 1 : 1 + random.below(150);
  arena.spawnServer({ nodeArgs: armed(point, hit) });
  if (point === "checkpoint" && (await arena.server.isReady())) {
    await arena.progress(20);
    void arena.server.end("SIGTERM");
  }
  await arena.until(() => arena.server.hasEnded, reachMs);
  const reached = arena.server.hasEnded;
  const { signal } = await arena.server.kill();
  await arena.startServer();
  if (!reached || signal !== "SIGKILL")
    return { kills: 2, unreached: 1, [`unreached ${point}`]: 1 };
  return { kills: 2, [point]: 1 };
}

/** A new database is killed while it is made, and made on the next start. */
async function killMigration({ arena, random, folder, violated }: Stage): Promise<Counts> {
  const directory = join(folder, "server");
  mkdirSync(directory, { mode: 0o700 });
  const address = { tcpPort: 0, httpPort: 0, isTls: false };
  const nodeArgs = armed("migrating", 1 + random.below(4));
  const first = ServerUnderTest.spawn({ directory, address, nodeArgs });
  const wasReady = await first.isReady();
  await first.kill();
  const second = ServerUnderTest.spawn({ directory, address });
  if (!(await second.isReady())) {
    violated(`a server killed while it migrated does not start again:\n${second.output}`);
  }
  const { code } = await second.end("SIGTERM");
  if (code !== 0) violated(`a server started after a killed migration ended with ${code}`);
  await arena.progress(1);
  return wasReady ? { unreached: 1 } : { kills: 1, migrating: 1 };
}
