import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import type { ClientId, RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import { v7 } from "uuid";
import { startChat } from "./scenarios/chatting.ts";
import { freePort, type ServerProcess, startServerProcess } from "./server-process.ts";

/** Values by name and labels, as they are written. */
type Samples = ReadonlyMap<string, number>;

/** Any port that is free. */
const measured = { LAIR_METRICS_PORT: "0" };

/** Where the server says that its metrics are. */
function urlOf(server: Pick<ServerProcess, "output">): string {
  return /^ +metrics +(\S+)/m.exec(server.output())?.[1] ?? "none";
}

async function scrape(server: Pick<ServerProcess, "directory" | "output">): Promise<string> {
  const { directory } = server;
  const token = readFileSync(join(directory, "metrics-token"), "utf8").trim();
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(urlOf(server), { headers });
  assert.equal(response.status, 200);
  return response.text();
}

function samplesOf(text: string): Samples {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const [, name = "", value = ""] = /^([a-z0-9_]+(?:\{[^}]*\})?) (\S+)$/.exec(line) ?? [];
      assert.notEqual(name, "", `no sample: ${line}`);
      assert.ok(Number.isFinite(Number(value)), line);
      return [name, Number(value)];
    }),
  );
}

test("metrics tell what people do, and not who does it or where", async () => {
  await using chat = await startChat(measured, { withOlderClients: false });
  const before = samplesOf(await scrape(chat.server));
  const ann = await chat.register("ann-the-secret");
  const bob = await chat.register("bob-the-secret");
  const { room } = await ann.client.call("create_room", { name: "hidden-room" });
  const target = { type: "room" as const, room_id: room.id as RoomId };
  await bob.client.call("join_room", { room_id: room.id as RoomId });
  const send = { target, content: "whispered words", client_id: v7() as string as ClientId };
  await ann.client.call("send_message", send);
  await ann.client.call("send_message", send);
  await bob.client.expects("message_received");
  await assert.rejects(ann.client.call("get_user", { user_id: v7() as string as UserId }));
  const text = await scrape(chat.server);
  const now = samplesOf(text);
  const risen = (name: string) => (now.get(name) ?? 0) - (before.get(name) ?? 0);
  assert.equal(now.get('lair_connections{transport="tcp",state="signed_in"}'), 2);
  assert.equal(now.get("lair_users_online"), 2);
  assert.equal(now.get("lair_audiences"), 1);
  assert.equal(risen('lair_requests_total{command="send_message"}'), 2);
  assert.equal(risen("lair_repeated_sends_total"), 1);
  assert.equal(risen('lair_errors_total{code="user_not_found"}'), 1);
  assert.ok(risen("lair_commits_total") > 0 && risen("lair_frames_received_total") >= 6);
  const slowest = now.get("lair_commit_slowest_seconds") ?? 0;
  assert.ok(slowest > 0 && slowest <= risen("lair_commit_seconds_total"));
  assert.ok(risen("lair_frames_sent_total") >= 7 && risen("lair_sent_bytes_total") > 500);
  assert.ok((now.get("process_resident_memory_bytes") ?? 0) > 1e7);
  assert.ok(now.has('lair_event_loop_delay_seconds{quantile="0.99"}'));
  for (const told of ["secret", "hidden-room", "whispered", ann.id, bob.id, room.id]) {
    assert.ok(!text.includes(told), `it tells ${told}`);
  }
});

test("what has a bound says which, and holds no more", async () => {
  await using server = await startServerProcess({ env: measured });
  const samples = samplesOf(await scrape(server));
  const limits = [...samples].filter(([name]) => name.endsWith("_limit"));
  assert.ok(limits.length >= 15, `${limits.length} limits`);
  for (const [name, limit] of limits) {
    const held = name.slice(0, -"_limit".length);
    const sizes = [...samples].filter(([other]) => other === held || other.startsWith(`${held}{`));
    assert.ok(sizes.length > 0, `${name} is the limit of nothing`);
    for (const [, size] of sizes) assert.ok(size <= limit, `${held} is ${size} of ${limit}`);
  }
});

test("the port of the API has no metrics, and without their own port there are none", async () => {
  await using server = await startServerProcess();
  assert.equal((await fetch(`${server.httpUrl}/metrics`)).status, 404);
  assert.doesNotMatch(server.output(), /metrics/);
  assert.equal(existsSync(join(server.directory, "metrics-token")), false);
});

test("the token that is made is for the server's user alone, and stays the same", async () => {
  await using server = await startServerProcess({ env: measured });
  const file = join(server.directory, "metrics-token");
  assert.match(urlOf(server), /^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
  assert.ok(server.output().includes(`/metrics (token in ${file})`));
  if (process.platform !== "win32") assert.equal(statSync(file).mode & 0o777, 0o600);
  const token = readFileSync(file, "utf8");
  await using again = await server.restart();
  assert.equal(readFileSync(file, "utf8"), token);
  await scrape(again);
});

test("a token of one's own is taken, and told nobody", async () => {
  const LAIR_METRICS_TOKEN = "chosen by whoever runs the server, 2026";
  await using server = await startServerProcess({ env: { ...measured, LAIR_METRICS_TOKEN } });
  const headers = { authorization: `Bearer ${LAIR_METRICS_TOKEN}` };
  assert.equal((await fetch(urlOf(server), { headers })).status, 200);
  assert.ok(!server.output().includes(LAIR_METRICS_TOKEN));
  assert.equal(existsSync(join(server.directory, "metrics-token")), false);
});

test("a port that is in use is said to be", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  try {
    const { port } = other.address() as AddressInfo;
    const ports = { tcpPort: await freePort(), httpPort: await freePort() };
    await assert.rejects(
      startServerProcess({ ...ports, env: { LAIR_METRICS_PORT: `${port}` } }),
      /LAIR_METRICS_PORT: 127\.0\.0\.1 port \d+ is in use/,
    );
  } finally {
    other.close();
  }
});
