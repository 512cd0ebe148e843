import assert from "node:assert/strict";
import { test } from "node:test";
import type { CommandName } from "@lair-chat/protocol/registry.ts";
import { commands } from "@lair-chat/protocol/registry.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";
import { WireClient } from "./wire-client.ts";

test("a field whose name fills the frame is refused in few words, for every command", async () => {
  await using server = await startServerProcess();
  const { token } = await register(server);
  const name = "k".repeat(900_000);
  for (const command of Object.keys(commands) as CommandName[]) {
    await using client = await WireClient.connect({ port: server.tcpPort });
    await client.hello();
    await client.call("authenticate", { token });
    client.send({ type: command, request_id: "it", [name]: 1 });
    const reply = await client.expectsMessage((message) => message["request_id"] === "it");
    assert.ok(JSON.stringify(reply).length < 1_000, command);
  }
  assert.equal((await fetch(`${server.httpUrl}/health`)).status, 200);
});

async function register(server: ServerProcess) {
  await using client = await WireClient.connect({ port: server.tcpPort });
  await client.hello();
  return await client.call("register", { username: "ann", password: "a long password" });
}

test("an address made to be slow to read is refused at once and holds up nobody", async () => {
  await using server = await startServerProcess();
  await using client = await WireClient.connect({ port: server.tcpPort });
  await client.hello();
  const email = `a@${".".repeat(60_000)}@`;
  const body = JSON.stringify({ username: "ann", password: "a long password", email });
  const headers = { "content-type": "application/json" };
  const url = `${server.httpUrl}/api/v1/auth/register`;
  const tries = Array.from({ length: 20 }, () => fetch(url, { method: "POST", headers, body }));
  let over = false;
  const all = Promise.all(tries).finally(() => {
    over = true;
  });
  // With a pattern that backtracks, twenty of them held everybody up for a minute.
  while (!over) await client.call("ping", {}, 10_000);
  const answers = await all;
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([400]));
});
