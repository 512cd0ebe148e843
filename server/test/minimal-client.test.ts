import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startServerProcess } from "./server-process.ts";

const run = promisify(execFile);
const script = fileURLToPath(new URL("../../docs/examples/minimal_client.py", import.meta.url));

test("the example client in Python's standard library registers, makes a room, sends and receives", async () => {
  await using server = await startServerProcess();
  const args = [script, server.httpUrl, "127.0.0.1", `${server.tcpPort}`, "python-user"];
  const { stdout } = await run("python3", args, { timeout: 30_000 });
  assert.equal(stdout.trim(), "sent and received Hello from Python as seq 2 of 2");
});
