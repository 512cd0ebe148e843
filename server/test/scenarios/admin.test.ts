import assert from "node:assert/strict";
import { after, before as beforeAll, test } from "node:test";
import type { Params } from "@lair-chat/protocol/registry.ts";
import {
  ask,
  type Chat,
  codeOf,
  inRoom,
  type Person,
  password,
  roomOf,
  startChat,
} from "./chatting.ts";

let chat: Chat;
let root: Person;

beforeAll(async () => {
  chat = await startChat();
  root = await chat.registerAdmin("rita");
});
after(() => chat[Symbol.asyncDispose]());

const nobody = "0198f000-0000-7000-8000-000000000000";

async function login(name: string, secret = password) {
  return (await chat.connect()).refusal("login", { identifier: name, password: secret });
}

test("a banned user is told why on every connection, and has none any more", async () => {
  const ann = await chat.register("ann");
  await using second = await ann.connect();
  const ban = { user_id: ann.id, reason: "spam", duration_hours: 24 };
  const { expires_at: until } = await root.client.call("ban_user", ban);
  assert.ok(until !== null && Date.parse(until) > Date.now() + 23 * 3_600_000);
  for (const client of [ann.client, second]) {
    const error = await client.expects("error");
    assert.equal(error.code, "account_banned");
    assert.match(error.message, /: spam$/);
    await client.closed();
  }
  const stopped = await (await chat.connect()).refusal("authenticate", { token: ann.token });
  assert.equal(stopped.code, "account_banned");
  assert.equal(codeOf(await ann.http("GET", "/users/me")), "account_banned");
  const refresh = { method: "POST", path: "/auth/refresh" };
  const body = { refresh_token: ann.refreshToken };
  assert.equal(codeOf(await ask(chat.server, undefined, { ...refresh, body })), "account_banned");
  assert.equal(codeOf(await ask(chat.server, ann.token, refresh)), "account_banned");
  const refused = await login("ann");
  assert.equal(refused.code, "account_banned");
  assert.deepEqual(refused.details, { reason: "spam", expires_at: until });
  assert.equal((await login("ann", "a wrong password")).code, "invalid_credentials");
});

test("who is unbanned signs in again; the old sessions stay over", async () => {
  const bob = await chat.register("bob");
  const ban = await root.http("POST", `/admin/users/${bob.id}/ban`, {});
  assert.deepEqual([ban.status, ban.body], [200, { success: true, expires_at: null }]);
  assert.equal((await login("bob")).code, "account_banned");
  const unban = await root.http("POST", `/admin/users/${bob.id}/unban`);
  assert.deepEqual([unban.status, unban.body], [200, { success: true }]);
  await root.client.call("unban_user", { user_id: bob.id });
  await chat.signIn("bob");
  assert.equal(codeOf(await bob.http("GET", "/users/me")), "session_not_found");
});

test("only admins use what is theirs", async () => {
  const cat = await chat.register("cat");
  const calls: readonly (readonly [string, string, object?])[] = [
    ["GET", "/admin/stats"],
    ["POST", `/admin/users/${root.id}/ban`, {}],
    ["POST", `/admin/users/${root.id}/unban`],
    ["PUT", `/admin/users/${cat.id}/role`, { role: "admin" }],
    ["DELETE", `/admin/rooms/${nobody}`],
    ["POST", "/admin/notices", { message: "hello" }],
  ];
  for (const [method, path, body] of calls) {
    const answer = await cat.http(method, path, body);
    assert.deepEqual([answer.status, codeOf(answer)], [403, "permission_denied"], path);
    const anonymous = await ask(chat.server, undefined, { method, path, body });
    assert.equal(anonymous.status, 401, path);
  }
});

test("nobody bans an admin, themselves or somebody who is not there", async () => {
  const dan = await chat.register("dan");
  await root.client.call("set_user_role", { user_id: dan.id, role: "admin" });
  for (const { id } of [dan, root]) {
    const refused = await root.client.refusal("ban_user", { user_id: id });
    assert.equal(refused.code, "permission_denied");
  }
  const missing = nobody as Params<"ban_user">["user_id"];
  for (const command of ["ban_user", "unban_user"] as const) {
    assert.equal((await root.client.refusal(command, { user_id: missing })).code, "user_not_found");
  }
  await root.client.call("set_user_role", { user_id: dan.id, role: "user" });
});

test("a role holds from the next request on, and connections sign in anew", async () => {
  const eve = await chat.register("eve");
  const role = await root.http("PUT", `/admin/users/${eve.id}/role`, { role: "admin" });
  assert.equal(role.status, 200);
  const ended = await eve.client.expects("error");
  assert.equal(ended.code, "busy");
  await eve.client.closed();
  assert.equal((await eve.http("GET", "/admin/stats")).status, 200);
  await using again = await eve.connect();
  await again.call("get_stats", {});
  const { user } = await again.call("set_user_role", { user_id: eve.id, role: "moderator" });
  assert.equal(user.role, "moderator");
  await again.closed();
  assert.equal(codeOf(await eve.http("GET", "/admin/stats")), "permission_denied");
});

test("the last admin stays one", async () => {
  const self = { user_id: root.id, role: "user" } as const;
  const refused = await root.client.refusal("set_user_role", self);
  assert.equal(refused.code, "permission_denied");
  assert.match(refused.message, /only administrator/);
  await root.client.call("set_user_role", { ...self, role: "admin" });
  await root.client.settle();
});

test("of two admins who take each other's role away at once one stays", async () => {
  const fay = await chat.register("fay");
  await root.client.call("set_user_role", { user_id: fay.id, role: "admin" });
  const demote = async (by: Person, whom: Person) =>
    by.http("PUT", `/admin/users/${whom.id}/role`, { role: "user" });
  const answers = await Promise.all([demote(root, fay), demote(fay, root)]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 403]);
  const [first] = answers;
  if (first?.status === 200) return;
  // The others need their admin back.
  const back = await fay.http("PUT", `/admin/users/${root.id}/role`, { role: "admin" });
  assert.equal(back.status, 200);
});

test("a room an admin deletes is gone for its members, who are told why", async () => {
  const gus = await chat.register("gus");
  const hal = await chat.register("hal");
  const room = await roomOf(gus, hal);
  await using admin = await root.connect();
  await gus.client.call("send_message", { target: inRoom(room), content: "buy now" });
  await admin.call("admin_delete_room", { room_id: room, reason: "advertising" });
  for (const { client } of [gus, hal]) {
    const event = await client.expects("room_deleted");
    assert.deepEqual(
      [event.room_id, event.deleted_by, event.reason],
      [room, root.id, "advertising"],
    );
    const refused = await client.refusal("get_room", { room_id: room });
    assert.equal(refused.code, "room_not_found");
  }
  const again = await root.http("DELETE", `/admin/rooms/${room}`);
  assert.deepEqual([again.status, codeOf(again)], [404, "room_not_found"]);
});

test("a notice reaches everybody who is connected", async () => {
  await using own = await startChat({}, { withOlderClients: false });
  const admin = await own.registerAdmin("rita");
  const ian = await own.register("ian");
  await using second = await ian.connect([]);
  const sent = await admin.client.call("send_server_notice", { message: "Cake in the kitchen" });
  assert.deepEqual(sent, { receivers: 3 });
  for (const client of [admin.client, ian.client, second]) {
    const notice = await client.expects("server_notice");
    assert.deepEqual([notice.message, notice.severity], ["Cake in the kitchen", "info"]);
  }
});

test("the numbers are those of the server", async () => {
  await using own = await startChat({}, { withOlderClients: false });
  const admin = await own.registerAdmin("rita");
  const jim = await own.register("jim");
  const room = await roomOf(jim, admin);
  await jim.client.call("create_room", { name: "hidden", settings: { public: false } });
  const { message } = await jim.client.call("send_message", { target: inRoom(room), content: "a" });
  await jim.client.call("edit_message", { message_id: message.id, content: "b" });
  await jim.client.call("send_message", { target: inRoom(room), content: "c" });
  await using _second = await jim.connect();
  const { stats } = await admin.client.call("get_stats", {});
  assert.deepEqual(stats.users, { total: 2, online: 2, created_today: 2 });
  assert.deepEqual(stats.rooms, { total: 2, public: 1, active: 2 });
  assert.equal(stats.messages.total, 2);
  assert.deepEqual(stats.connections, { tcp: 3, websocket: 0, http_sessions: 2 });
  assert.deepEqual([stats.total_users, stats.total_rooms, stats.online_users], [2, 2, 2]);
});

test("what admins do is in the log by ids, and without names or reasons", async () => {
  const kim = await chat.register("kim");
  await using admin = await root.connect();
  await admin.call("ban_user", { user_id: kim.id, reason: "unspeakable" });
  await admin.call("unban_user", { user_id: kim.id });
  await loggedAbout(kim, "audit: a user was banned");
  await loggedAbout(kim, "audit: a user was unbanned");
  assert.equal(/unspeakable|\bkim\b/.test(chat.server.output()), false);
});

/** Waits for the line: the log is written beside what it tells of. */
async function loggedAbout(person: Person, text: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const lines = chat.server.output().split("\n");
    const line = lines.find((one) => one.includes(text) && one.includes(person.id));
    if (line !== undefined) return assert.ok(line.includes(root.id), line);
    await new Promise(setImmediate);
  }
  assert.fail(`the log does not say "${text}"`);
}
