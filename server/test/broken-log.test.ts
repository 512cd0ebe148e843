import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { startServerProcess } from "./server-process.ts";
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
