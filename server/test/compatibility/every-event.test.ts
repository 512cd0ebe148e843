import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { RoomId, SessionId } from "@lair-chat/protocol/ids.ts";
import { type EventName, events } from "@lair-chat/protocol/registry.ts";
import { FEATURES } from "@lair-chat/protocol/version.ts";
import { Type } from "typebox";
import { Compile } from "typebox/compile";
import { v7 } from "uuid";
import { documentedEvents } from "../../../scripts/docs/compatibility/documented.ts";
import { sessionOf } from "../../connections/test/small-server.ts";
import { startSmallWebSocket } from "../../transports/websocket/test/small-websocket-server.ts";
import { type Chat, inRoom, type Person, startChat } from "../scenarios/chatting.ts";
import { arrive, bringIn, invite, makeRoom, say } from "../scenarios/room-steps.ts";
import type { ServerProcess } from "../server-process.ts";
import { WireClient, type WireMessage } from "../wire-client.ts";
import { isKnownFrame, whyUnreadable } from "./rust-client-frames.ts";

/** Everything that can be heard happens once; somebody listens over each transport, in each way. */

const dials = {
  TCP: ({ tcpPort }: ServerProcess) => WireClient.connect({ port: tcpPort }),
  WebSocket: ({ httpPort }: ServerProcess) => WireClient.connectWebSocket({ port: httpPort }),
} as const;

const clients = { "a client of 1.x": [], "a newer client": FEATURES } as const;

/** Said when the end of a session is near: to see it takes a test of its own. */
const untold: readonly string[] = [documentedEvents.SessionExpiring];

const heard = new Map<string, readonly WireMessage[]>();
let chat: Chat;

before(async () => {
  chat = await startChat({}, { withOlderClients: false });
  const admin = await chat.registerAdmin("rita");
  const { ann, bob } = await arrive(chat, "ann", "bob");
  const listeners = await listen(chat, bob);
  const room = await rooms(ann, bob);
  await talk(ann, room);
  await comings(ann, room);
  await membership(ann, bob, room);
  await admin.client.call("send_server_notice", { message: "cake" });
  for (const { client, what } of listeners) {
    client.send({ type: "no such thing", request_id: "odd" });
    await client.expectsMessage((message) => message["request_id"] === "odd");
    await client.settle();
    heard.set(what, [...client.received]);
    await client.close();
  }
});
after(() => chat[Symbol.asyncDispose]());

async function listen({ server }: Pick<Chat, "server">, { token }: Person) {
  const listeners: { readonly client: WireClient; readonly what: string }[] = [];
  for (const [transport, dial] of Object.entries(dials)) {
    for (const [kind, features] of Object.entries(clients)) {
      const client = (await dial(server)).checking(whyUnreadable);
      await client.hello(features);
      await client.call("authenticate", { token });
      listeners.push({ client, what: `${transport}, ${kind}` });
    }
  }
  return listeners;
}

async function rooms(ann: Person, bob: Person): Promise<RoomId> {
  const room = await makeRoom(ann, "Den", { public: false });
  await bringIn(room, ann, bob);
  await ann.client.call("update_room", { room_id: room, name: "Lair" });
  return room;
}

async function talk(ann: Person, room: RoomId): Promise<void> {
  const { id } = await say(ann, room, "helo");
  await ann.client.call("edit_message", { message_id: id, content: "hello" });
  await ann.client.call("delete_message", { message_id: id });
  await ann.client.call("typing", { target: inRoom(room) });
}

/** Somebody they share a room with comes and goes. */
async function comings(ann: Person, room: RoomId): Promise<void> {
  const cid = await chat.register("cid");
  await bringIn(room, ann, cid);
  await cid.client.close();
  await ann.client.expects("user_offline");
  const again = await cid.connect();
  await ann.client.expects("user_online");
  await again.close();
  await ann.client.expects("user_offline");
}

async function membership(ann: Person, bob: Person, room: RoomId): Promise<void> {
  const role = { room_id: room, user_id: bob.id, role: "moderator" } as const;
  await ann.client.call("update_member_role", role);
  await ann.client.call("remove_member", { room_id: room, user_id: bob.id });
  await ann.client.call("cancel_invitation", {
    invitation_id: (await invite(ann, room, bob)).id,
  });
  await bringIn(room, ann, bob);
  await ann.client.call("delete_room", { room_id: room });
}

function problemsOf(name: EventName, message: WireMessage) {
  return [...Compile(Type.Object(events[name].payload.properties)).Errors(message)];
}

for (const transport of Object.keys(dials)) {
  test(`every event of 0.8.0 is heard over ${transport}, as it is declared`, () => {
    for (const kind of Object.keys(clients)) {
      const came = heard.get(`${transport}, ${kind}`) ?? [];
      for (const name of Object.values(documentedEvents)) {
        if (untold.includes(name)) continue;
        const message = came.find(({ type }) => type === name);
        const isKeptBack = kind === "a client of 1.x" && !isKnownFrame(name);
        if (isKeptBack) {
          assert(message === undefined, `${name} came over ${transport} to ${kind}`);
          continue;
        }
        assert(message !== undefined, `${name} did not come over ${transport} to ${kind}`);
        assert.deepEqual(problemsOf(name, message), [], `${name} over ${transport} to ${kind}`);
      }
    }
  });
}

test("that a session ends soon is said over TCP and WebSocket", async () => {
  const expiresAt = Date.now() + 60_000;
  await using small = await startSmallWebSocket({
    limits: { sweepMs: 10, expiringMs: 120_000 },
    handlers: {
      authenticate: async (call, { token }) => {
        const id = String(token) as SessionId;
        await call.signIn({ ...sessionOf(String(token)), id, expiresAt });
        return {};
      },
    },
  });
  const sessions = { tcp: v7(), webSocket: v7() };
  await using overTcp = await small.server.signedIn(sessions.tcp);
  await using overWebSocket = await small.signedIn(sessions.webSocket, []);
  const expected = { type: "session_expiring", expires_at: new Date(expiresAt).toISOString() };
  const told = [
    await overTcp.expects("session_expiring"),
    await overWebSocket.expects("session_expiring"),
  ];
  const ids = [sessions.tcp, sessions.webSocket];
  assert.deepEqual(
    told,
    ids.map((session_id) => ({ ...expected, session_id })),
  );
  for (const event of told) assert.equal(whyUnreadable(event), undefined);
});
