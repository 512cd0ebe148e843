import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { npmStart } from "./npm-start.ts";
import { freePort } from "./server-process.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const password = "correct horse battery staple";

/** A command of the server, as a person types it. */
async function npmStartWith(args: readonly string[], directory: string) {
  const child = spawn("npm", ["start", "--silent", "--", ...args], {
    cwd: root,
    env: { ...process.env, LAIR_DATABASE_URL: `sqlite:${join(directory, "chat.db")}` },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, printed: stdout + stderr };
}

test("what npm start builds has its threads, its migrations and its pages, and all its commands", async () => {
  const directory = await mkdtemp(join(tmpdir(), "lair-chat-"));
  try {
    const ports = { tcpPort: await freePort(), httpPort: await freePort() };
    const server = await npmStart(directory, ports);
    const at = `http://127.0.0.1:${ports.httpPort}`;
    for (const page of ["/health", "/openapi.json", "/docs", "/docs/page.css", "/docs/page.js"]) {
      const { status } = await fetch(at + page);
      assert.equal(status, 200, page);
    }
    // Common passwords are in a file, passwords are hashed in a thread, accounts written in another.
    const register = (chosen: string) =>
      fetch(`${at}/api/v1/auth/register`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ username: "ada", email: "ada@example.org", password: chosen }),
      });
    assert.equal((await register("password123")).status, 400);
    assert.equal((await register(password)).status, 201);
    assert.equal(await server.kill("SIGTERM"), 0, server.output());
    const verified = await npmStartWith(["verify"], directory);
    assert.equal(verified.code, 0, verified.printed);
    const users = await npmStartWith(["user", "list"], directory);
    assert.match(users.printed, /ada/);
    const senseless = await npmStartWith(["no-such-command"], directory);
    assert.notEqual(senseless.code, 0);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
