import assert from "node:assert/strict";
import { test } from "node:test";
import { startServerProcess } from "./server-process.ts";
import { WireClient } from "./wire-client.ts";

const count = 120;
/** As long as a message may be, and six times as long in JSON. */
const content = `x${"\u0001".repeat(4095)}`;

test("a history of messages that grow sixfold in JSON is read whole, over TCP and HTTP", async () => {
  await using server = await startServerProcess();
  await using client = await WireClient.connect({ port: server.tcpPort });
  await client.hello();
  const { token } = await client.call("register", { username: "ann", password: "a long password" });
  const { room } = await client.call("create_room", { name: "long" });
  const target = { type: "room", room_id: room.id } as const;
  for (let sent = 0; sent < count; sent += 1)
    await client.call("send_message", { target, content });

  const seqs: number[] = [];
  for (let after = 0, more = true; more; after = seqs.at(-1) ?? 0) {
    const page = await client.call("get_log", { target, after, limit: 500 });
    seqs.push(...page.entries.map(({ seq }) => seq));
    more = page.has_more;
  }
  assert.deepEqual(
    seqs,
    Array.from({ length: count + 1 }, (_, index) => index + 1),
  );

  const places: number[] = [];
  for (let before: number | undefined, more = true; more; before = places.at(-1)) {
    const query = new URLSearchParams({ target_type: "room", target_id: room.id, limit: "100" });
    if (before !== undefined) query.set("before", `${before}`);
    const response = await fetch(`${server.httpUrl}/api/v1/messages?${query}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const page = (await response.json()) as { messages: { seq: number }[]; has_more: boolean };
    places.push(...page.messages.map(({ seq }) => seq));
    more = page.has_more;
  }
  assert.deepEqual(
    places,
    Array.from({ length: count }, (_, index) => count + 1 - index),
  );
});
