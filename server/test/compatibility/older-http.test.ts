import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { v7 } from "uuid";
import {
  ask,
  type Chat,
  codeOf,
  type HttpAnswer,
  password,
  startChat,
} from "../scenarios/chatting.ts";
import { overTcp } from "./older-client.ts";

/** What programs rely on that use the HTTP API of 1.x. */

let chat: Chat;
before(async () => {
  chat = await startChat({}, { withOlderClients: false });
});
after(() => chat[Symbol.asyncDispose]());

const nobody = "00000000-0000-0000-0000-000000000000";

interface User {
  readonly id: string;
  readonly username: string;
  readonly token: string;
  http(method: string, path: string, body?: object): Promise<HttpAnswer>;
}

/** A field of an answer by the names that lead to it. */
function field({ body }: Pick<HttpAnswer, "body">, path: string): unknown {
  let here: unknown = body;
  for (const name of path.split(".")) here = (here as Record<string, unknown> | undefined)?.[name];
  return here;
}

const told = (answer: HttpAnswer) => [answer.status, codeOf(answer)];

function anonymous(method: string, path: string, body?: object): Promise<HttpAnswer> {
  return ask(chat.server, undefined, { method, path, body });
}

let names = 0;

async function register(): Promise<User> {
  names += 1;
  const username = `http-${names}`;
  const made = await anonymous("POST", "/auth/register", {
    username,
    email: `${username}@example.com`,
    password,
  });
  assert.equal(made.status, 201);
  const token = String(field(made, "token"));
  return {
    id: String(field(made, "user.id")),
    username,
    token,
    http: (method, path, body) => ask(chat.server, token, { method, path, body }),
  };
}

/** A room of the first, in which the others are. */
async function roomOf(owner: User, ...members: readonly User[]): Promise<string> {
  const made = await owner.http("POST", "/rooms", { name: v7(), settings: { public: true } });
  assert.equal(made.status, 201);
  const id = String(field(made, "room.id"));
  for (const member of members) {
    assert.equal((await member.http("POST", `/rooms/${id}/join`)).status, 200);
  }
  return id;
}

async function promote(owner: User, room: string, member: User): Promise<HttpAnswer> {
  return await owner.http("PUT", `/rooms/${room}/members/${member.id}/role`, { role: "moderator" });
}

async function say(user: User, room: string, content: string): Promise<HttpAnswer> {
  const target = { type: "room", room_id: room };
  return await user.http("POST", "/messages", { target, content });
}

test("over HTTP an account is made once by name and address", async () => {
  const account = { username: "testuser", email: "test@example.com", password };
  const made = await anonymous("POST", "/auth/register", account);
  assert.equal(made.status, 201);
  assert.deepEqual(
    [field(made, "user.username"), field(made, "user.email")],
    [account.username, account.email],
  );
  assert.equal(typeof field(made, "token"), "string");
  assert.equal(typeof field(made, "session.id"), "string");
  const other = { ...account, email: "other@example.com" };
  assert.deepEqual(told(await anonymous("POST", "/auth/register", other)), [409, "username_taken"]);
  const same = { ...account, username: "otheruser" };
  assert.deepEqual(told(await anonymous("POST", "/auth/register", same)), [409, "email_taken"]);
});

test("over HTTP no account is made with a bad name or password", async () => {
  const account = { username: "another", email: "another@example.com", password: "weak" };
  const weak = await anonymous("POST", "/auth/register", account);
  assert.deepEqual(told(weak), [400, "password_too_weak"]);
  const short = await anonymous("POST", "/auth/register", { ...account, password, username: "ab" });
  assert.deepEqual(told(short), [400, "username_invalid"]);
});

test("over HTTP one signs in by name or address, and not with what is wrong", async () => {
  const user = await register();
  const email = `${user.username}@example.com`;
  for (const identifier of [user.username, email]) {
    const answer = await anonymous("POST", "/auth/login", { identifier, password });
    assert.equal(answer.status, 200);
    assert.deepEqual(
      [field(answer, "user.username"), field(answer, "user.email")],
      [user.username, email],
    );
    assert.equal(typeof field(answer, "token"), "string");
  }
  for (const identifier of [user.username, "nonexistent"]) {
    const answer = await anonymous("POST", "/auth/login", { identifier, password: "WrongPass!" });
    assert.deepEqual(told(answer), [401, "invalid_credentials"]);
  }
});

test("over HTTP a token is good until its owner signs out, and no other is", async () => {
  const user = await register();
  const me = await user.http("GET", "/users/me");
  assert.deepEqual([me.status, field(me, "user.username")], [200, user.username]);
  assert.equal((await anonymous("GET", "/users/me")).status, 401);
  const invented = await ask(chat.server, "invalid-session-id", {
    method: "GET",
    path: "/users/me",
  });
  assert.equal(invented.status, 401);
  assert.equal((await user.http("POST", "/auth/logout")).status, 200);
  assert.equal((await user.http("GET", "/users/me")).status, 401);
});

test("over HTTP a room is made, found, changed and deleted by its owner", async () => {
  const [owner, other] = [await register(), await register()];
  const name = v7();
  const asked = { name, description: "A test room" };
  const made = await owner.http("POST", "/rooms", asked);
  assert.deepEqual([made.status, field(made, "room.name")], [201, name]);
  const path = `/rooms/${String(field(made, "room.id"))}`;
  const found = await owner.http("GET", path);
  assert.deepEqual(
    [found.status, field(found, "room.name"), field(found, "member_count")],
    [200, name, 1],
  );
  assert.equal(field(found, "membership.role"), "owner");
  const renamed = await owner.http("PATCH", path, { name: `${name} 2`, description: "New" });
  assert.deepEqual([renamed.status, field(renamed, "room.name")], [200, `${name} 2`]);
  assert.equal((await other.http("PATCH", path, { name: "Mine now" })).status, 403);
  assert.equal((await owner.http("DELETE", path)).status, 200);
  assert.deepEqual(told(await owner.http("GET", path)), [404, "room_not_found"]);
  assert.equal((await owner.http("GET", `/rooms/${nobody}`)).status, 404);
});

test("over HTTP rooms are joined once and left", async () => {
  const [owner, other] = [await register(), await register()];
  const room = await roomOf(owner);
  assert.deepEqual(told(await owner.http("POST", `/rooms/${room}/join`)), [409, "already_member"]);
  assert.equal((await other.http("POST", `/rooms/${room}/join`)).status, 200);
  assert.equal((await other.http("POST", `/rooms/${room}/leave`)).status, 200);
});

test("over HTTP lists of rooms have pages, of all and of one's own", async () => {
  const [owner, other] = [await register(), await register()];
  for (let rooms = 0; rooms < 5; rooms += 1) await roomOf(owner);
  await roomOf(other);
  for (const joined of [false, true]) {
    const page = await owner.http("GET", `/rooms?limit=2&joined_only=${joined}`);
    assert.deepEqual(
      [page.status, (field(page, "rooms") as unknown[]).length, field(page, "has_more")],
      [200, 2, true],
    );
    assert((field(page, "total_count") as number) >= 5);
  }
  const all = field(await owner.http("GET", "/rooms"), "rooms") as unknown[];
  assert(all.length >= 6);
  const own = await owner.http("GET", "/rooms?joined_only=true");
  const listed = field(own, "rooms") as { readonly is_member: boolean }[];
  assert.deepEqual(
    listed.map((one) => one.is_member),
    [true, true, true, true, true],
  );
});

test("over HTTP messages are sent, read, edited and deleted", async () => {
  const user = await register();
  const room = await roomOf(user);
  const sent = await say(user, room, "Hello, world!");
  assert.deepEqual([sent.status, field(sent, "message.content")], [201, "Hello, world!"]);
  for (let more = 0; more < 4; more += 1) await say(user, room, `message ${more}`);
  const list = await user.http("GET", `/messages?target_type=room&target_id=${room}`);
  assert.deepEqual([list.status, (field(list, "messages") as unknown[]).length], [200, 5]);
  const path = `/messages/${String(field(sent, "message.id"))}`;
  const edited = await user.http("PATCH", path, { content: "Edited message" });
  assert.deepEqual(
    [edited.status, field(edited, "message.content"), field(edited, "message.edited")],
    [200, "Edited message", true],
  );
  assert.equal((await user.http("DELETE", path)).status, 200);
});

test("over HTTP users are found by id and in pages", async () => {
  const [user, other] = [await register(), await register()];
  await Promise.all([register(), register(), register()]);
  const found = await user.http("GET", `/users/${other.id}`);
  assert.deepEqual([found.status, field(found, "user.username")], [200, other.username]);
  assert.deepEqual(told(await user.http("GET", `/users/${nobody}`)), [404, "user_not_found"]);
  const all = field(await user.http("GET", "/users"), "users") as unknown[];
  assert(all.length >= 5);
  const page = await user.http("GET", "/users?limit=3");
  assert.deepEqual(
    [(field(page, "users") as unknown[]).length, field(page, "has_more")],
    [3, true],
  );
});

test("over HTTP it is said who is connected", async () => {
  const [user, other] = [await register(), await register()];
  const online = async () => field(await user.http("GET", `/users/${user.id}`), "online");
  assert.equal(field(await other.http("GET", `/users/${user.id}`), "online"), false);
  assert.equal(await online(), false);
  await using client = await overTcp.open(chat.server);
  await client.ask("authenticate", { token: user.token });
  assert.equal(await online(), true);
});

test("over HTTP numbers of the server are for admins", async () => {
  const user = await register();
  assert.deepEqual(told(await user.http("GET", "/admin/stats")), [403, "permission_denied"]);
});

test("over HTTP members are listed for members", async () => {
  const [owner, stranger] = [await register(), await register()];
  const path = `/rooms/${await roomOf(owner)}/members`;
  const list = await owner.http("GET", path);
  const members = field(list, "members") as { username: string; role: string }[];
  assert.deepEqual(
    members.map(({ username, role }) => [username, role]),
    [[owner.username, "owner"]],
  );
  assert.deepEqual(told(await stranger.http("GET", path)), [403, "not_room_member"]);
});

test("over HTTP owners, and nobody else, change what members are", async () => {
  const [owner, moderator, member] = [await register(), await register(), await register()];
  const room = await roomOf(owner, moderator, member);
  const promoted = await promote(owner, room, moderator);
  assert.deepEqual(
    [promoted.status, field(promoted, "member.role"), field(promoted, "member.username")],
    [200, "moderator", moderator.username],
  );
  assert.deepEqual(told(await promote(moderator, room, member)), [403, "permission_denied"]);
});

test("over HTTP owners and moderators remove members, and no moderators", async () => {
  const [owner, first, second] = [await register(), await register(), await register()];
  const [ann, bob] = [await register(), await register()];
  const room = await roomOf(owner, first, second, ann, bob);
  await promote(owner, room, first);
  await promote(owner, room, second);
  const removal = (by: User, whom: User) => by.http("DELETE", `/rooms/${room}/members/${whom.id}`);
  assert.deepEqual(told(await removal(ann, bob)), [403, "permission_denied"]);
  assert.deepEqual(told(await removal(first, second)), [403, "permission_denied"]);
  assert.equal((await removal(first, ann)).status, 200);
  assert.equal((await removal(owner, bob)).status, 200);
  const left = field(await owner.http("GET", `/rooms/${room}/members`), "members") as unknown[];
  assert.equal(left.length, 3);
});

test("over HTTP an invitation is made, listed, declined, made again and accepted", async () => {
  const [owner, guest] = [await register(), await register()];
  for (const isPublic of [false, true]) {
    const settings = { public: isPublic };
    const made = await owner.http("POST", "/rooms", { name: v7(), settings });
    const asked = { room_id: field(made, "room.id"), user_id: guest.id };
    const first = await owner.http("POST", "/invitations", asked);
    assert.equal(first.status, 201);
    const list = field(await guest.http("GET", "/invitations"), "invitations") as { id: unknown }[];
    const id = field(first, "invitation.id");
    assert.deepEqual(
      list.map((one) => one.id),
      [id],
    );
    assert.equal((await guest.http("POST", `/invitations/${String(id)}/decline`)).status, 200);
    const second = await owner.http("POST", "/invitations", asked);
    assert.equal(second.status, 201);
    const again = field(second, "invitation.id");
    assert.notEqual(again, id);
    const accepted = await guest.http("POST", `/invitations/${String(again)}/accept`);
    assert.deepEqual(
      [accepted.status, field(accepted, "membership.room_id")],
      [200, asked.room_id],
    );
  }
  const missing = await guest.http("POST", `/invitations/${nobody}/accept`);
  assert.deepEqual(told(missing), [404, "invitation_not_found"]);
});

test("over HTTP moderators invite, members and strangers do not", async () => {
  const [owner, moderator, member] = [await register(), await register(), await register()];
  const [stranger, guest] = [await register(), await register()];
  const room = await roomOf(owner, moderator, member);
  await promote(owner, room, moderator);
  const invite = (by: User) =>
    by.http("POST", "/invitations", { room_id: room, user_id: guest.id });
  assert.deepEqual(told(await invite(member)), [403, "permission_denied"]);
  assert.deepEqual(told(await invite(stranger)), [403, "not_room_member"]);
  const made = await invite(moderator);
  assert.equal(made.status, 201);
  for (const answer of ["accept", "decline"]) {
    const path = `/invitations/${String(field(made, "invitation.id"))}/${answer}`;
    assert.deepEqual(told(await stranger.http("POST", path)), [409, "not_invitee"]);
  }
});
