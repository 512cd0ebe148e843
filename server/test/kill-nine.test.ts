import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { RoomId } from "@lair-chat/protocol/ids.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";
import { SteadySender } from "./steady-sender.ts";
import { WireClient } from "./wire-client.ts";

const kills = 30;
const senderCount = 20;

interface LoggedMessage {
  readonly seq: number;
  readonly content: string;
}

test("a server killed thirty times in the middle of twenty senders keeps every acknowledged message once and in order", async () => {
  await using first = await startServerProcess();
  const { senders, roomId, token } = await signUp(first);
  let server = first;
  for (let kill = 0; kill < kills; kill += 1) {
    const before = total(senders);
    const running = senders.map((sender) => sender.run(server.tcpPort, () => false));
    const ended = Promise.all(running);
    await killAfter(server, ended, () => total(senders) > before + 20 + ((kill * 37) % 200));
    await ended;
    server = await server.restart();
  }
  await using last = server;
  await Promise.all(senders.map((sender) => sender.run(last.tcpPort, () => true)));
  checkLog(senders, await readLog(last, token, roomId));
});

async function signUp(server: ServerProcess) {
  const tokens: string[] = [];
  let roomId: RoomId | undefined;
  for (let number = 0; number < senderCount; number += 1) {
    await using client = await WireClient.connect({ port: server.tcpPort });
    await client.hello();
    const password = `a long password ${number}`;
    const { token } = await client.call("register", { username: `sender-${number}`, password });
    tokens.push(token);
    if (roomId === undefined) roomId = (await client.call("create_room", { name: "torn" })).room.id;
    else await client.call("join_room", { room_id: roomId });
  }
  assert.ok(roomId !== undefined && tokens[0] !== undefined);
  const room = roomId;
  const senders = tokens.map((token, number) => new SteadySender(`s${number}`, token, room));
  return { senders, roomId: room, token: tokens[0] };
}

function total(senders: readonly SteadySender[]): number {
  return senders.reduce((sum, sender) => sum + sender.ackedCount, 0);
}

/** Kills as soon as the senders have got that far: in the middle of their work, not between two of them. */
async function killAfter(server: ServerProcess, ended: Promise<unknown>, reached: () => boolean) {
  const over = new AbortController();
  ended.then(
    () => over.abort(),
    () => over.abort(),
  );
  const limit = AbortSignal.timeout(30_000);
  while (!reached() && !over.signal.aborted) {
    limit.throwIfAborted();
    await delay(1);
  }
  await server.stop("SIGKILL");
}

async function readLog(
  server: ServerProcess,
  token: string,
  roomId: RoomId,
): Promise<LoggedMessage[]> {
  await using client = await WireClient.connect({ port: server.tcpPort });
  await client.hello();
  await client.call("authenticate", { token });
  const target = { type: "room" as const, room_id: roomId };
  const messages: LoggedMessage[] = [];
  let after = 0;
  for (let more = true; more; ) {
    const page = await client.call("get_log", { target, after, limit: 500 });
    for (const entry of page.entries) {
      assert.equal(entry.seq, after + 1, "the log has no hole");
      after = entry.seq;
      const { message } = entry as unknown as { message?: { content: string } };
      if (message !== undefined) messages.push({ seq: entry.seq, content: message.content });
    }
    more = page.has_more;
    if (!more) assert.equal(after, page.head);
  }
  return messages;
}

function checkLog(senders: readonly SteadySender[], log: readonly LoggedMessage[]): void {
  const seqs = new Map<string, number>();
  for (const { content, seq } of log) {
    assert.ok(!seqs.has(content), `${content} is there twice`);
    seqs.set(content, seq);
  }
  for (const { sends } of senders) {
    for (const { content, acked } of sends) {
      assert.ok(acked !== undefined, `${content} was acknowledged in the end`);
      assert.equal(seqs.get(content), acked, `${content} is where it was acknowledged`);
    }
    const order = sends.map(({ content }) => seqs.get(content) ?? 0);
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
      "a sender's messages are in order",
    );
  }
  const sent = senders.reduce((sum, { sends }) => sum + sends.length, 0);
  assert.equal(log.length, sent, "nothing is there that nobody sent");
  assert.ok(sent > kills * 20, `enough was sent to say so: ${sent}`);
}
