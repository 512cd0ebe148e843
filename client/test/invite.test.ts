import assert from "node:assert/strict";
import { test } from "node:test";
import { startServerProcess } from "../../server/test/server-process.ts";
import { password, testClient } from "./client-fixture.ts";

async function post(url: string, body: object, token = ""): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  assert.equal(response.status, 201, text);
  return JSON.parse(text) as Record<string, unknown>;
}

test("where the server takes nobody without an invite, the person is told, and gets in with one", async () => {
  await using server = await startServerProcess({ env: { LAIR_REGISTRATION: "invite" } });
  const api = `${server.httpUrl}/api/v1`;
  const [, setupToken = ""] = /becomes the first:\s+(\S+)/.exec(server.output()) ?? [];
  const admin = { username: "olga", password, setup_token: setupToken };
  const { token } = await post(`${api}/auth/register`, admin);
  const made = await post(`${api}/admin/registration-invites`, {}, `${token}`);
  const invite = `${made["token"]}`;

  await using ann = await testClient(server);
  const account = { username: "ann", password, email: "", setupToken: "" };
  const without = await ann.app.actions.register(account);
  assert.match(without.ok ? "" : without.message, /invite/i);
  assert.equal((await ann.app.actions.register({ ...account, invite })).ok, true);
  await ann.online();

  await using bob = await testClient(server);
  const late = await bob.app.actions.register({ ...account, username: "bob", invite });
  assert.match(late.ok ? "" : late.message, /invite/i);
});
