import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fromBase64 } from "@lair-chat/protocol/handshake/base64.ts";
import { fingerprintOf } from "@lair-chat/protocol/handshake/fingerprint.ts";
import type { DeviceId, UserId } from "@lair-chat/protocol/ids.ts";
import type { Params } from "@lair-chat/protocol/registry.ts";
import { v7 } from "uuid";
import { Meddler } from "./sealing/meddler.ts";
import { connect1x, connectNoise, type SealedClient } from "./sealing/sealed-clients.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";
import { WireClient } from "./wire-client.ts";

const password = "correct horse battery";

async function get(server: ServerProcess, path: string) {
  const response = await fetch(server.httpUrl + path);
  return { status: response.status, body: (await response.json()) as PublishedKey };
}

interface PublishedKey {
  readonly noise_key: string;
  readonly fingerprint: string;
}

/** The server's key as a client learns it. */
async function publishedKey(server: ServerProcess): Promise<Uint8Array> {
  const { body } = await get(server, "/api/v1/noise-key");
  return fromBase64(body.noise_key, 32);
}

interface Wire {
  readonly name: string;
  /** For names of users and rooms. */
  readonly short: string;
  connect(server: ServerProcess, port: number): Promise<SealedClient>;
}

const wires: readonly Wire[] = [
  {
    name: "Noise with the key pinned",
    short: "noise",
    connect: async (server, port) => connectNoise(port, await publishedKey(server)),
  },
  { name: "the exchange of 1.x", short: "old", connect: (_server, port) => connect1x(port) },
];

const bound = ({ binding }: SealedClient) => (binding === "" ? {} : { channel_binding: binding });

type Step = (server: ServerProcess) => Promise<void>;

/** People register, sign in, make a room, chat and hear events, and a listener learns nothing. */
const chatOver =
  ({ short, connect }: Wire): Step =>
  async (server) => {
    await using listener = await Meddler.start(server.tcpPort);
    await using ann = await connect(server, listener.port);
    await using bob = await connect(server, listener.port);
    const registered = await ann.client.call("register", {
      username: `ann-${short}`,
      password,
      ...bound(ann),
    });
    await bob.client.call("register", { username: `bob-${short}`, password });
    const { room } = await ann.client.call("create_room", { name: `secret garden ${short}` });
    await bob.client.call("join_room", { room_id: room.id });
    await ann.client.expects("user_joined_room");
    const target = { type: "room", room_id: room.id } as const;
    await ann.client.call("send_message", { target, content: "canary message" });
    const heard = await bob.client.expects("message_received");
    assert.equal(heard.message.content, "canary message");
    await using again = await connect(server, listener.port);
    await again.client.call("authenticate", { token: registered.token, ...bound(again) });
    await using login = await connect(server, listener.port);
    const signedIn = await login.client.call("login", {
      identifier: `bob-${short}`,
      password,
      ...bound(login),
    });
    const told = ["canary", password, "secret garden", registered.token, signedIn.token];
    for (const secret of [...told, "message_received", "login_response", "request_id"]) {
      assert.equal(listener.hasSeen(secret), false, secret);
    }
  };

/** A room whose history does not fit into one Noise message, or into fifty. */
async function fillRoom({ client }: SealedClient): Promise<Params<"get_messages">["target"]> {
  const device = { device_id: v7() as string as DeviceId };
  await client.call("register", { username: "eve", password, ...device });
  const { room } = await client.call("create_room", { name: "long" });
  const target = { type: "room", room_id: room.id } as const;
  const sending = Array.from({ length: 150 }, (_, index) =>
    client.call("send_message", { target, content: `${index} ${"ä".repeat(2000)}` }),
  );
  await Promise.all(sending);
  return target;
}

const readLongHistory: Step = async (server) => {
  await using ann = await connectNoise(server.tcpPort, await publishedKey(server));
  const target = await fillRoom(ann);
  const { messages } = await ann.client.call("get_messages", { target, limit: 100 });
  assert.equal(messages.length, 100);
  assert.ok(JSON.stringify(messages).length > 200_000);
  const { entries } = await ann.client.call("get_log", { target, after: 0, limit: 500 });
  assert.ok(Buffer.byteLength(JSON.stringify(entries)) > 400_000);
};

const bindToAnother: Step = async (server) => {
  const key = await publishedKey(server);
  await using ann = await connectNoise(server.tcpPort, key);
  const { token } = await ann.client.call("register", { username: "cat", password });
  await using other = await connectNoise(server.tcpPort, key);
  const wrong = { channel_binding: ann.binding };
  const code = async (asked: Promise<{ readonly code: string }>) => (await asked).code;
  const { client } = other;
  assert.equal(await code(client.refusal("authenticate", { token })), "channel_mismatch");
  assert.equal(await code(client.refusal("authenticate", { token, ...wrong })), "channel_mismatch");
  const login = { identifier: "cat", password, ...wrong };
  assert.equal(await code(client.refusal("login", login)), "channel_mismatch");
  const bobs = { username: "dan", password, ...wrong };
  assert.equal(await code(client.refusal("register", bobs)), "channel_mismatch");
  assert.equal(await code(client.refusal("get_user", { user_id: "x" as UserId })), "unauthorized");
  await using web = await WireClient.connectWebSocket({ port: server.httpPort });
  const offered = await web.hello();
  assert.deepEqual(offered.features, ["client_ids", "log", "resume", "heads", "packed"]);
  assert.equal(await code(web.refusal("authenticate", { token, ...wrong })), "channel_mismatch");
  const response = await fetch(`${server.httpUrl}/api/v1/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(login),
  });
  assert.equal(response.status, 403);
};

const learnTheKey: Step = async (server) => {
  const { status, body } = await get(server, "/api/v1/noise-key");
  assert.equal(status, 200);
  assert.equal(body.fingerprint, fingerprintOf(fromBase64(body.noise_key, 32)));
  assert.ok(server.output().includes(`${body.noise_key} (${body.fingerprint})`));
  const file = join(server.directory, "noise-key");
  assert.equal(statSync(file).size, 32);
  if (process.platform !== "win32") assert.equal(statSync(file).mode & 0o777, 0o600);
  await using again = await server.restart();
  assert.deepEqual((await get(again, "/api/v1/noise-key")).body, body);
};

test("a real server seals what its clients ask it to seal", async (t) => {
  await using server = await startServerProcess();
  for (const wire of wires) {
    await t.test(`a whole conversation over ${wire.name}, unheard`, () => chatOver(wire)(server));
  }
  await t.test("long pages of history come whole", () => readLongHistory(server));
  await t.test("a sign-in for another channel gets nobody in, over TCP, WebSocket or HTTP", () =>
    bindToAnother(server),
  );
  await t.test("the key is told over HTTP and on the terminal, and stays over a restart", () =>
    learnTheKey(server),
  );
});

test("switched off, neither way is offered, and the key is neither made nor told", async () => {
  await using server = await startServerProcess({
    env: { LAIR_NOISE: "off", LAIR_LEGACY_KEY_EXCHANGE: "off" },
  });
  await using client = await WireClient.connect({ port: server.tcpPort });
  const hello = await client.hello(["client_ids", "noise", "encryption"]);
  assert.deepEqual(hello.features, ["client_ids", "log", "resume", "heads", "packed"]);
  for (const type of ["noise_handshake", "key_exchange"]) {
    client.send({ type, message: "", public_key: "" });
    await client.expects("error", ({ code }) => code === "invalid_state");
  }
  assert.equal((await get(server, "/api/v1/noise-key")).status, 404);
  assert.doesNotMatch(server.output(), /chat key/);
  assert.throws(() => statSync(join(server.directory, "noise-key")));
});
