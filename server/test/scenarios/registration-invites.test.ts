import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, codeOf, password, startChat } from "./chatting.ts";

test("an admin invites over the wire, and who has the token makes an account, over TCP or HTTP", async () => {
  await using chat = await startChat({ LAIR_REGISTRATION: "invite" });
  assert.match(chat.server.output(), /New accounts need an invite/);
  const root = await chat.registerAdmin("rita");
  const stranger = await chat.connect();
  const account = { username: "ann", password };
  assert.equal((await stranger.refusal("register", account)).code, "invite_required");
  const { invite, token } = await root.client.call("create_registration_invite", {
    uses: 2,
    note: "for the team",
  });
  assert.deepEqual(
    [invite.created_by, invite.note, invite.max_uses, invite.uses, invite.revoked_at],
    [root.id, "for the team", 2, 0, null],
  );
  const week = 7 * 24 * 3_600_000;
  assert.equal(Date.parse(invite.expires_at) - Date.parse(invite.created_at), week);
  await stranger.call("register", { ...account, invite: token });
  const body = { username: "bob", password, invite: token };
  const made = await ask(chat.server, undefined, { method: "POST", path: "/auth/register", body });
  assert.equal(made.status, 201);
  const third = { method: "POST", path: "/auth/register", body: { ...body, username: "cid" } };
  assert.equal(codeOf(await ask(chat.server, undefined, third)), "invite_invalid");
  const listed = await root.client.call("list_registration_invites", {});
  assert.deepEqual(listed.invites, [{ ...invite, uses: 2 }]);
  assert.deepEqual([listed.total_count, listed.has_more], [1, false]);
  assert.ok(!chat.server.output().includes(token));
});

test("invites are administered over HTTP too, and by nobody but admins", async () => {
  await using chat = await startChat();
  const root = await chat.registerAdmin("rita");
  const ann = await chat.register("ann");
  const path = "/admin/registration-invites";
  const made = await root.http("POST", path, { expires_in_hours: 1 });
  assert.equal(made.status, 201);
  const { id } = made.body["invite"] as { readonly id: string };
  const pages = await root.http("GET", `${path}?limit=1`);
  assert.deepEqual(pages.body["invites"], [made.body["invite"]]);
  for (const [method, at] of [
    ["POST", path],
    ["GET", path],
    ["DELETE", `${path}/${id}`],
  ] as const) {
    const body = method === "POST" ? {} : undefined;
    assert.equal(codeOf(await ann.http(method, at, body)), "permission_denied");
    assert.equal(
      codeOf(await ask(chat.server, undefined, { method, path: at, body })),
      "unauthorized",
    );
  }
  assert.equal((await root.http("DELETE", `${path}/${id}`)).status, 200);
  const invite = made.body["token"] as string;
  const account = { username: "cid", password, invite };
  assert.equal((await (await chat.connect()).refusal("register", account)).code, "invite_invalid");
  const unknown = `${path}/0198f000-0000-7000-8000-000000000000`;
  assert.equal(codeOf(await root.http("DELETE", unknown)), "invite_not_found");
  assert.equal(codeOf(await root.http("POST", path, { uses: 0 })), "validation_failed");
});
