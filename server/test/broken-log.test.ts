import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, constants, existsSync, openSync, writeSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { startServerProcess } from "./server-process.ts";
import { temporaryFolder } from "./storage-fixture.ts";
import { WireClient } from "./wire-client.ts";

const skip = existsSync("/dev/full") ? false : "there is no /dev/full";

test("a server whose log has no room left goes on, and ends when it is told to", {
  skip,
}, async () => {
  await using server = await startServerProcess({
    wrapper: ["sh", "-c", 'exec "$@" 2>/dev/full', "sh"],
    env: { LAIR_LOG_LEVEL: "debug" },
  });
  for (let round = 0; round < 3; round += 1) {
    await using client = await WireClient.connect({ port: server.tcpPort });
    await client.hello();
    await client.settle();
  }
  assert.deepEqual(await server.stop("SIGTERM"), { code: 0, signal: null });
});

const fifos = spawnSync("mkfifo", ["--version"]).status === 0 ? false : "there is no mkfifo";

test("a server whose log is not read ends when it is told to", { skip: fifos }, async () => {
  using folder = temporaryFolder();
  const pipe = path.join(folder.path, "log");
  assert.equal(spawnSync("mkfifo", [pipe]).status, 0);
  // Open for both, so that nobody waits for the other end; and never read.
  const reader = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
  fill(reader);
  try {
    await using server = await startServerProcess({
      wrapper: ["sh", "-c", `exec "$@" 2>"${pipe}"`, "sh"],
      env: { LAIR_LOG_LEVEL: "debug", LAIR_LOG_FORMAT: "json" },
    });
    await using client = await WireClient.connect({ port: server.tcpPort });
    await client.hello();
    await client.settle();
    assert.deepEqual(await server.stop("SIGTERM"), { code: 0, signal: null });
  } finally {
    closeSync(reader);
  }
});

/** Until it takes no more. */
function fill(pipe: number): void {
  for (;;) {
    try {
      writeSync(pipe, "x".repeat(1024));
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, "EAGAIN");
      return;
    }
  }
}
