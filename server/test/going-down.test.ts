import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { ClientId, RoomId } from "@lair-chat/protocol/ids.ts";
import { v7 } from "uuid";
import { startServerProcess } from "./server-process.ts";
import { WireClient } from "./wire-client.ts";

const password = "correct horse battery";
/** Ten seconds is what is given to those who are served; the rest is the machine's. */
const longestMs = 25_000;
const limit = { timeout: 120_000 };
const skip = process.platform === "win32" && "there signals end a process at once";

test("at SIGTERM everybody is told when to come back, each at another moment, and what is in flight is answered", {
  ...limit,
  skip,
}, async () => {
  // A password takes long to hash: its answer is still being made when the signal comes.
  await using server = await startServerProcess({ env: { LAIR_PASSWORD_HASHING: "production" } });
  const clients: WireClient[] = [];
  for (let count = 0; count < 12; count += 1) {
    const client = await WireClient.connect({ port: server.tcpPort });
    await client.hello();
    clients.push(client);
  }
  const [busy] = clients;
  assert.ok(busy !== undefined);
  const asked = busy.request("register", { username: "ann", password });
  // Its answer comes behind the request: that one is in flight, or done, by now.
  await busy.call("ping", {});
  const ended = server.stop("SIGTERM");
  const waits = new Set<number>();
  for (const client of clients) {
    const { reconnect_after: seconds = 0, severity } = await client.expects("server_notice");
    assert.ok(seconds >= 0.25 && seconds <= 5, `${seconds} seconds`);
    assert.equal(severity, "warning");
    waits.add(seconds);
  }
  assert.ok(waits.size > 1, "all were told the same moment");
  await busy.replyTo(asked);
  for (const client of clients) await client.closed();
  assert.deepEqual(await ended, { code: 0, signal: null });
  await using again = await server.restart();
  await using ann = await WireClient.connect({ port: again.tcpPort });
  await ann.hello();
  await ann.call("login", { identifier: "ann", password });
});

test("who reads nothing and who never finishes asking do not keep the server from ending in order", {
  ...limit,
  skip,
}, async () => {
  await using server = await startServerProcess();
  await using deaf = await WireClient.connect({ port: server.tcpPort });
  await deaf.hello();
  deaf.stopReading();
  const slow = connect(server.httpPort, "127.0.0.1");
  slow.on("error", () => undefined);
  const head = ["POST /api/v1/auth/login HTTP/1.1", "host: x", "content-type: application/json"];
  slow.write(`${head.join("\r\n")}\r\ncontent-length: 9\r\nexpect: 100-continue\r\n\r\n`);
  await once(slow, "data");
  const ended = server.stop("SIGTERM");
  const late = new AbortController();
  const overdue = delay(longestMs, "it still runs", { signal: late.signal });
  assert.deepEqual(await Promise.race([ended, overdue]), { code: 0, signal: null });
  late.abort();
  await overdue.catch(() => undefined);
  slow.destroy();
});

const straced = spawnSync("strace", ["--version"]).status !== 0 && "strace is not installed";

/** Each thread counts for itself: late enough that somebody has signed in by then. */
const faults = [
  ["a sync", "fdatasync,fsync", 150],
  ["a write", "pwrite64", 600],
] as const;

for (const [what, calls, from] of faults) {
  test(`when ${what} fails the server ends with 70, and nobody is told that a message was refused`, {
    ...limit,
    skip: straced,
  }, async () => {
    const inject = ["-e", `trace=${calls}`, "-e", `inject=${calls}:error=EIO:when=${from}+`];
    const wrapper = ["strace", "-f", "-qq", ...inject, "-o", "/dev/null"];
    await using server = await startServerProcess({ wrapper });
    await using ann = await WireClient.connect({ port: server.tcpPort });
    await ann.hello();
    await ann.call("register", { username: "ann", password });
    const { room } = await ann.call("create_room", { name: "room" });
    const target = { type: "room" as const, room_id: room.id as RoomId };
    const acked: string[] = [];
    const send = async () => {
      const id = v7();
      await ann.call("send_message", { target, content: id, client_id: id as string as ClientId });
      acked.push(id);
    };
    const sendForEver = async () => {
      for (;;) await Promise.all([send(), send(), send()]);
    };
    // Any refusal would be a ChatError, and a lie or a guess.
    await assert.rejects(sendForEver(), (error) => !(error instanceof ChatError));
    await ann.closed();
    assert.deepEqual(ann.unread("error"), []);
    assert.deepEqual(await server.exited, { code: 70, signal: null });
    const { directory } = server;
    await using again = await startServerProcess({ directory });
    await using after = await WireClient.connect({ port: again.tcpPort });
    await after.hello();
    await after.call("login", { identifier: "ann", password });
    const { entries } = await after.call("get_log", { target, after: 0, limit: 500 });
    const stored = JSON.stringify(entries);
    assert.ok(acked.length > 0);
    assert.deepEqual(
      acked.filter((id) => !stored.includes(id)),
      [],
    );
  });
}
