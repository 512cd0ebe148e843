import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { v7 } from "uuid";
import { ask, type Chat, startChat } from "../scenarios/chatting.ts";
import {
  type OlderClient,
  type OlderDial,
  olderPassword,
  overSealedTcp,
  overTcp,
  overWebSocket,
  type Reply,
} from "./older-client.ts";

/** What a client of 1.x relies on, over everything it connects by. */

let chat: Chat;
before(async () => {
  chat = await startChat({}, { withOlderClients: false });
});
after(() => chat[Symbol.asyncDispose]());

type Open = () => Promise<OlderClient>;

let names = 0;
function newName(): string {
  names += 1;
  return `older-${names}`;
}

async function signedIn(open: Open): Promise<{ client: OlderClient; id: string; name: string }> {
  const client = await open();
  const name = newName();
  const { user } = await client.register(name);
  return { client, id: user.id, name };
}

async function roomOf(client: OlderClient, settings?: object): Promise<string> {
  const { room } = await client.ask("create_room", { name: v7(), settings });
  return room.id;
}

function codeOf({ success, error }: Reply): unknown {
  assert.equal(success, false);
  return error.code;
}

const stories: Readonly<Record<string, (open: Open) => Promise<void>>> = {
  "the server says hello first": async (open) => {
    const { wire } = await open();
    const [hello] = wire.received;
    assert.equal(hello?.["type"], "server_hello");
    assert.equal(hello?.["version"], "1.0");
    assert.equal(typeof hello?.["server_name"], "string");
    await wire.close();
  },

  "a ping is answered with the time, before signing in and after it": async (open) => {
    await using client = await open();
    for (const step of ["before", "after"]) {
      const pong = await client.ask("ping");
      assert.equal(pong.type, "pong", step);
      assert(Date.parse(pong.server_time) > 0, step);
      if (step === "before") await client.register(newName());
    }
  },

  "who makes an account is signed in with it": async (open) => {
    await using client = await open();
    const name = newName();
    const reply = await client.register(name);
    assert.deepEqual([reply.type, reply.success], ["register_response", true]);
    assert.deepEqual([reply.user.username, reply.user.role], [name, "user"]);
    assert.equal(typeof reply.session.id, "string");
    assert.equal(typeof reply.token, "string");
    assert.equal((await client.ask("get_current_user")).user.username, name);
  },

  "a name that is taken and a weak password make no account": async (open) => {
    await using first = await open();
    await using second = await open();
    const name = newName();
    await first.register(name);
    const taken = await second.register(name);
    assert.deepEqual([taken.type, codeOf(taken)], ["register_response", "username_taken"]);
    const fields = { username: newName(), email: "weak@example.org", password: "weak" };
    assert.equal(codeOf(await second.ask("register", fields)), "password_too_weak");
  },

  "an account is signed in by name and password": async (open) => {
    await using first = await open();
    await using second = await open();
    const name = newName();
    await first.register(name);
    const signIn = { identifier: name, password: olderPassword };
    const reply = await second.ask("login", signIn);
    assert.deepEqual([reply.type, reply.success], ["login_response", true]);
    assert.equal(reply.user.username, name);
    assert.equal(typeof reply.token, "string");
  },

  "a wrong password and an unknown name are refused alike": async (open) => {
    await using first = await open();
    await using second = await open();
    const name = newName();
    await first.register(name);
    const wrong = await second.ask("login", { identifier: name, password: "WrongPassword!" });
    const unknown = await second.ask("login", { identifier: "nobody", password: olderPassword });
    assert.equal(codeOf(wrong), "invalid_credentials");
    assert.deepEqual(wrong, unknown);
  },

  "a token from elsewhere signs a connection in": async (open) => {
    const body = { username: newName(), password: olderPassword, email: "" };
    const made = await ask(chat.server, undefined, {
      method: "POST",
      path: "/auth/register",
      body,
    });
    await using client = await open();
    const refused = await client.ask("authenticate", { token: "no-token-at-all" });
    assert.deepEqual([refused.type, codeOf(refused)], ["authenticate_response", "invalid_token"]);
    const reply = await client.ask("authenticate", { token: made.body["token"] });
    assert.deepEqual([reply.type, reply.success], ["authenticate_response", true]);
    assert.equal(reply.user.username, body.username);
  },

  "what needs an account is refused with a plain error": async (open) => {
    await using client = await open();
    const reply = await client.ask("create_room", { name: "unasked" });
    assert.deepEqual([reply.type, reply.code], ["error", "unauthorized"]);
  },

  "signing out is answered": async (open) => {
    const { client } = await signedIn(open);
    const reply = await client.ask("logout");
    assert.deepEqual([reply.type, reply.success], ["logout_response", true]);
    await client.wire.closed();
  },

  "rooms are made, listed, joined and left": async (open) => {
    const [ann, bob] = [await signedIn(open), await signedIn(open)];
    const description = "A place to meet";
    const name = v7();
    const made = await ann.client.ask("create_room", { name, description });
    assert.deepEqual([made.type, made.success], ["create_room_response", true]);
    const { id } = made.room;
    assert.deepEqual([made.room.name, made.room.description], [name, description]);
    await roomOf(ann.client);
    await roomOf(ann.client, { public: true });
    const listed = await ann.client.ask("list_rooms", { limit: 50 });
    assert.deepEqual([listed.type, listed.success], ["list_rooms_response", true]);
    assert(listed.rooms.length >= 3);
    const unbounded = await ann.client.ask("list_rooms");
    assert(unbounded.rooms.length >= 3);
    const joined = await bob.client.ask("join_room", { room_id: id });
    assert.deepEqual([joined.type, joined.success], ["join_room_response", true]);
    const left = await bob.client.ask("leave_room", { room_id: id });
    assert.deepEqual([left.type, left.success], ["leave_room_response", true]);
    await Promise.all([ann, bob].map(({ client }) => client.wire.close()));
  },

  "messages are sent, read, edited and deleted": async (open) => {
    const { client } = await signedIn(open);
    const target = { type: "room", room_id: await roomOf(client) };
    const sent = await client.ask("send_message", { target, content: "Hello, world!" });
    assert.deepEqual([sent.type, sent.success], ["send_message_response", true]);
    assert.equal(sent.message.content, "Hello, world!");
    for (let more = 0; more < 4; more += 1) {
      await client.ask("send_message", { target, content: `message ${more}` });
    }
    const read = await client.ask("get_messages", { target, limit: 50 });
    assert.deepEqual([read.type, read.success], ["get_messages_response", true]);
    assert.equal(read.messages.length, 5);
    const { id } = sent.message;
    const edited = await client.ask("edit_message", { message_id: id, content: "Hello again" });
    assert.deepEqual([edited.type, edited.success], ["edit_message_response", true]);
    assert.deepEqual([edited.message.content, edited.message.edited], ["Hello again", true]);
    for (const message of read.messages) {
      const deleted = await client.ask("delete_message", { message_id: message.id });
      assert.deepEqual([deleted.type, deleted.success], ["delete_message_response", true]);
    }
    const { messages } = await client.ask("get_messages", { target, limit: 50 });
    assert.deepEqual(messages, []);
    await client.wire.close();
  },

  "a direct message is read by the other": async (open) => {
    const [ann, bob] = [await signedIn(open), await signedIn(open)];
    const to = { type: "dm", recipient: bob.id };
    const sent = await ann.client.ask("send_message", { target: to, content: "just you" });
    assert.deepEqual([sent.success, sent.message.content], [true, "just you"]);
    const target = { type: "dm", recipient: ann.id };
    const { success, messages } = await bob.client.ask("get_messages", { target, limit: 50 });
    assert.equal(success, true);
    assert.deepEqual(
      messages.map(({ content }: { content: string }) => content),
      ["just you"],
    );
    await Promise.all([ann, bob].map(({ client }) => client.wire.close()));
  },

  "one asks about oneself and about the others": async (open) => {
    const [ann, bob] = [await signedIn(open), await signedIn(open)];
    const me = await ann.client.ask("get_current_user");
    assert.deepEqual([me.type, me.success], ["get_current_user_response", true]);
    assert.equal(me.user.username, ann.name);
    const list = await ann.client.ask("list_users", { limit: 100 });
    assert.deepEqual([list.type, list.success], ["list_users_response", true]);
    const listed = list.users.map(({ username }: { username: string }) => username);
    assert(listed.includes(ann.name) && listed.includes(bob.name));
    await Promise.all([ann, bob].map(({ client }) => client.wire.close()));
  },

  "an invitation reaches the invited at once": async (open) => {
    const [ann, bob] = [await signedIn(open), await signedIn(open)];
    const none = await bob.client.ask("list_invitations");
    assert.deepEqual([none.type, none.success], ["list_invitations_response", true]);
    assert.deepEqual(none.invitations, []);
    const name = v7();
    // A setting that no release ever knew.
    const made = await ann.client.ask("create_room", { name, settings: { private: true } });
    const guest = { room_id: made.room.id, user_id: bob.id };
    assert.equal((await ann.client.ask("invite_to_room", guest)).success, true);
    const { invitation } = await bob.client.wire.expects("invitation_received");
    assert.deepEqual(
      [invitation.room_name, invitation.inviter_name, invitation.invitee_name],
      [name, ann.name, bob.name],
    );
    await Promise.all([ann, bob].map(({ client }) => client.wire.close()));
  },

  "what is no JSON is told so": async (open) => {
    await using client = await open();
    client.wire.sendText("not valid json");
    const reply = await client.next();
    assert.deepEqual([reply.type, reply.code], ["error", "invalid_message"]);
  },
};

const dials: readonly OlderDial[] = [overTcp, overSealedTcp, overWebSocket];

for (const { name, open } of dials) {
  for (const [what, story] of Object.entries(stories)) {
    test(`over ${name}: ${what}`, () => story(() => open(chat.server)));
  }
}

test("over TCP with the key exchange all that follows is sealed", async () => {
  await using client = await overSealedTcp.open(chat.server);
  const name = newName();
  const { user } = await client.register(name);
  assert.equal(user.username, name);
  // What the client understood above came through its key; the same bytes without it say nothing.
  const seen = Buffer.concat(client.overheard).toString("latin1");
  assert(seen.length > 100);
  assert.doesNotMatch(seen, /register_response|username/);
});
