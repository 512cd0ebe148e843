import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClientId } from "@lair-chat/protocol/ids.ts";
import { unpackMessages } from "@lair-chat/protocol/messages/unpack.ts";
import type { EventOf } from "@lair-chat/protocol/registry.ts";
import { SERVER_FEATURES } from "@lair-chat/protocol/version.ts";
import { v7 } from "uuid";
import { startChat } from "./chatting.ts";
import { arrive, join, makeRoom } from "./room-steps.ts";

const SENDS = 40;

test("who can read packed messages is told the same as everybody, in fewer frames", async () => {
  await using chat = await startChat();
  const { ann, bob } = await arrive(chat, "ann", "bob");
  const room = await makeRoom(ann, "Den");
  await join(room, bob);
  await using packed = await bob.connect(SERVER_FEATURES);
  packed.unpacks = false;
  const target = { type: "room" as const, room_id: room };
  const sends = Array.from({ length: SENDS }, (_, number) =>
    ann.client.request("send_message", {
      target,
      content: `“${number}”\n],["`,
      client_id: v7() as string as ClientId,
    }),
  );
  for (const request of sends) await ann.client.replyTo(request);
  await ann.client.call("edit_message", {
    message_id: (await bob.client.expects("message_received")).message.id,
    content: "changed",
  });
  await packed.expects("message_edited");
  await bob.client.expects("message_edited");
  const frames = packed.unread("room_messages") as unknown as EventOf<"room_messages">[];
  const single = bob.client.received.filter(({ type }) => type === "message_received");
  assert.equal(single.length, SENDS);
  assert.deepEqual(frames.flatMap(unpackMessages), single);
  assert.ok(frames.length < SENDS);
  assert.deepEqual(packed.unread("message_received"), []);
});

test("a direct message comes unpacked to everybody", async () => {
  await using chat = await startChat();
  const { ann, bob } = await arrive(chat, "ann", "bob");
  await using packed = await bob.connect(SERVER_FEATURES);
  packed.unpacks = false;
  const target = { type: "dm" as const, recipient: bob.id };
  await ann.client.call("send_message", { target, content: "hello" });
  const { message } = await packed.expects("message_received");
  assert.deepEqual([message.target, message.content], [target, "hello"]);
});
