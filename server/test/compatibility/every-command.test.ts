import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { DeviceId, RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import { v7 } from "uuid";
import { documentedCommands } from "../../../scripts/docs/compatibility/documented.ts";
import { type Transport, transports } from "../rights/transports.ts";
import { type Chat, inRoom, type Person, password, startChat } from "../scenarios/chatting.ts";
import { type Actor, actor, type Done } from "./story.ts";

/** One story in which every command of 0.8.0 is used, told over each transport from the start. */

let chat: Chat;
let admin: Person;

before(async () => {
  chat = await startChat({}, { withOlderClients: false });
  admin = await chat.registerAdmin("rita");
});
after(() => chat[Symbol.asyncDispose]());

interface Teller {
  readonly transport: Transport;
  readonly done: Done;
  open(token?: string): Promise<Actor>;
}

interface Told {
  readonly id: UserId;
  readonly name: string;
  readonly token: string;
  readonly actor: Actor;
}

function tellerOf(transport: Transport): Teller {
  const done: Done = new Set();
  const open = (token?: string) =>
    actor(transport, chat.server, { done, ...(token !== undefined && { token }) });
  return { transport, done, open };
}

async function arrive({ transport, open }: Teller, who: string): Promise<Told> {
  const name = `${who}-${transport.name.toLowerCase()}`;
  const anonymous = await open();
  const device = { device_id: v7() as string as DeviceId };
  const email = `${name}@example.org`;
  const made = await anonymous.call("register", { username: name, password, email, ...device });
  assert.deepEqual([made.user.username, made.user.email], [name, email]);
  return { id: made.user.id, name, token: made.token, actor: await open(made.token) };
}

async function accounts(teller: Teller): Promise<void> {
  const gus = await arrive(teller, "gus");
  const anonymous = await teller.open();
  const device = { device_id: v7() as string as DeviceId };
  for (const identifier of [gus.name, `${gus.name}@example.org`]) {
    const { user } = await anonymous.call("login", { identifier, password });
    assert.equal(user.id, gus.id);
  }
  const signedIn = await anonymous.call("login", { identifier: gus.name, password, ...device });
  const used = { refresh_token: signedIn.refresh_token ?? "" };
  const renewed = await anonymous.call("refresh", used);
  const again = await teller.open(renewed.token);
  const email = `new-${gus.name}@example.org`;
  await again.call("update_profile", { email, current_password: password });
  const { user } = await again.call("get_current_user", {});
  assert.equal(user.email, email);
  const secrets = { current_password: password, new_password: "quite another one" };
  await again.call("change_password", secrets);
  const { token } = await anonymous.call("login", {
    identifier: gus.name,
    password: secrets.new_password,
  });
  const last = await teller.open(token);
  await last.call("logout", {});
  await Promise.all([gus.actor, anonymous, again, last].map((one) => one.close()));
}

async function people(teller: Teller, ann: Told, bob: Told): Promise<void> {
  const filter = { search: bob.name };
  const { users, total_count: total } = await ann.actor.call("list_users", { filter });
  // HTTP puts each user beside its presence.
  const listed = users.map((one) => ("user" in one ? (one.user as { id: UserId }) : one).id);
  assert.deepEqual([listed, total], [[bob.id], 1]);
  const found = await ann.actor.call("get_user", { user_id: bob.id });
  assert.deepEqual([found.user.username, found.user.email], [bob.name, ""]);
  assert.equal(found.online, teller.transport.name !== "HTTP");
}

async function rooms(ann: Told, bob: Told): Promise<RoomId> {
  const made = await ann.actor.call("create_room", {
    name: `den of ${ann.name}`,
    description: "cosy",
    settings: { max_members: 10 },
  });
  const { id } = made.room;
  await bob.actor.call("join_room", { room_id: id });
  const seen = await bob.actor.call("get_room", { room_id: id });
  assert.deepEqual([seen.room.description, seen.member_count], ["cosy", 2]);
  const filter = { search: made.room.name, joined_only: true };
  const { rooms: listed } = await bob.actor.call("list_rooms", { filter });
  assert.deepEqual(
    listed.map(({ room, is_member }) => [room.id, is_member]),
    [[id, true]],
  );
  const role = { room_id: id, user_id: bob.id, role: "moderator" } as const;
  assert.equal((await ann.actor.call("update_member_role", role)).member.role, "moderator");
  const { members, total } = await bob.actor.call("get_room_members", { room_id: id });
  assert.deepEqual([members.map(({ username }) => username), total], [[ann.name, bob.name], 2]);
  const changed = await ann.actor.call("update_room", { room_id: id, description: "cosier" });
  assert.equal(changed.room.description, "cosier");
  return id;
}

async function messages(ann: Told, bob: Told, room: RoomId): Promise<void> {
  const target = inRoom(room);
  const said = [];
  for (const content of ["one", "two", "three"]) {
    said.push((await ann.actor.call("send_message", { target, content })).message);
  }
  const [one, two, three] = said;
  assert(one && two && three);
  const edit = { message_id: two.id, content: "two, rather" };
  const { message: edited } = await ann.actor.call("edit_message", edit);
  assert.deepEqual([edited.content, edited.edited], ["two, rather", true]);
  const read = await bob.actor.call("mark_messages_read", { target, up_to: one.id });
  assert.equal(read.unread_count, 2);
  await bob.actor.call("delete_message", { message_id: three.id });
  const page = await bob.actor.call("get_messages", { target, limit: 1 });
  assert.deepEqual([page.messages.map(({ id }) => id), page.has_more], [[two.id], true]);
  const direct = { type: "dm", recipient: bob.id } as const;
  await ann.actor.call("send_message", { target: direct, content: "psst" });
  const back = { type: "dm", recipient: ann.id } as const;
  const dms = await bob.actor.call("get_messages", { target: back });
  assert.deepEqual(
    dms.messages.map(({ content }) => content),
    ["psst"],
  );
}

async function invitations(ann: Told, bob: Told): Promise<void> {
  const settings = { public: false };
  const { room } = await ann.actor.call("create_room", { name: `attic of ${ann.name}`, settings });
  const invite = async () => {
    const asked = { room_id: room.id, user_id: bob.id, message: "come up" };
    return (await ann.actor.call("invite_to_room", asked)).invitation;
  };
  const first = await invite();
  const { invitations: listed } = await bob.actor.call("list_invitations", {});
  assert.deepEqual(
    listed.map(({ id, message }) => [id, message]),
    [[first.id, "come up"]],
  );
  await bob.actor.call("decline_invitation", { invitation_id: first.id });
  const second = await invite();
  const accepted = await bob.actor.call("accept_invitation", { invitation_id: second.id });
  assert.equal(accepted.room.id, room.id);
}

async function farewells(ann: Told, bob: Told, room: RoomId): Promise<void> {
  await ann.actor.call("remove_member", { room_id: room, user_id: bob.id });
  await bob.actor.call("join_room", { room_id: room });
  await bob.actor.call("leave_room", { room_id: room });
  await ann.actor.call("delete_room", { room_id: room });
}

async function administration(teller: Teller, ann: Told, bob: Told): Promise<void> {
  const boss = await teller.open(admin.token);
  const { stats } = await boss.call("get_stats", {});
  assert(stats.users.total >= 3);
  const { room } = await ann.actor.call("create_room", { name: `shop of ${ann.name}` });
  await boss.call("admin_delete_room", { room_id: room.id, reason: "advertising" });
  const ban = { user_id: bob.id, reason: "spam", duration_hours: 1 };
  assert((await boss.call("ban_user", ban)).expires_at !== null);
  await boss.call("unban_user", { user_id: bob.id });
  await boss.close();
}

/** What is done before and beside all others, and only on connections. */
async function connections(teller: Teller, ann: Told, room: RoomId): Promise<void> {
  if (teller.transport.name === "HTTP") return;
  // The hello is what `open` begins with.
  const anonymous = await teller.open();
  await anonymous.call("ping", {});
  assert.equal((await anonymous.call("authenticate", { token: ann.token })).user.id, ann.id);
  await ann.actor.call("typing", { target: inRoom(room) });
  teller.done.add("client_hello");
}

for (const transport of transports) {
  test(`every command of 0.8.0 does what it says over ${transport.name}`, async () => {
    const teller = tellerOf(transport);
    const [ann, bob] = [await arrive(teller, "ann"), await arrive(teller, "bob")];
    const room = await rooms(ann, bob);
    await people(teller, ann, bob);
    await messages(ann, bob, room);
    await connections(teller, ann, room);
    await invitations(ann, bob);
    await farewells(ann, bob, room);
    await administration(teller, ann, bob);
    await accounts(teller);
    await Promise.all([ann, bob].map((one) => one.actor.close()));
    const expected = Object.values(documentedCommands).filter((name) => transport.serves(name));
    assert.deepEqual([...teller.done].sort(), [...new Set(expected)].sort());
  });
}
