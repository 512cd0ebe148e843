import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { startServerProcess } from "./server-process.ts";

const mainFile = fileURLToPath(new URL("../main.ts", import.meta.url));
const hasStrace = process.platform === "linux" && spawnSync("strace", ["-V"]).status === 0;

/** How a server ends whose disk cannot sync from some call on. */
async function endOf(directory: string, when: number): Promise<number | null> {
  const calls = "fdatasync,fsync";
  const inject = ["-e", `trace=${calls}`, "-e", `inject=${calls}:error=EIO:when=${when}+`];
  const words = ["-f", "-qq", ...inject, "-o", "/dev/null", process.execPath, mainFile, "serve"];
  const child = spawn("strace", words, {
    cwd: directory,
    env: { PATH: process.env["PATH"], LAIR_TCP_PORT: "0", LAIR_HTTP_PORT: "0" },
    stdio: "ignore",
    // A group of its own, so that both can be ended.
    detached: true,
  });
  try {
    const [code] = (await once(child, "exit", { signal: AbortSignal.timeout(60_000) })) as [
      number | null,
    ];
    return code;
  } finally {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  }
}

test("a disk that fails while the server starts ends it with a code that says so", {
  skip: hasStrace ? false : "needs strace",
  timeout: 240_000,
}, async () => {
  // With a database that is there, the first syncs are those of what a start writes into it.
  await using server = await startServerProcess();
  await server.stop("SIGTERM");
  const ends: (number | null)[] = [];
  for (const when of [1, 2, 3]) ends.push(await endOf(server.directory, when));
  assert.ok(
    ends.every((code) => code === 70 || code === 78),
    JSON.stringify(ends),
  );
  assert.ok(ends.includes(70), JSON.stringify(ends));
});
