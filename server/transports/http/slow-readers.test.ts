import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { test } from "node:test";
import { type SmallHttp, startSmallHttp } from "../test/small-http.ts";

/** Larger than what the system takes for a reader that does not read. */
const large = { handlers: { list_rooms: () => ({ filler: "x".repeat(32 * 1024 * 1024) }) } };

/** Asks, and reads nothing of the answer. */
async function askAndSleep({ listener }: Pick<SmallHttp, "listener">): Promise<net.Socket> {
  const socket = net.connect(listener.port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.pause();
  await once(socket, "connect");
  socket.write("GET /api/v1/rooms HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ann\r\n\r\n");
  return socket;
}

async function until(isSo: () => boolean): Promise<void> {
  const limit = Date.now() + 20_000;
  while (!isSo()) {
    assert.ok(Date.now() < limit, "not within 20 s");
    await new Promise(setImmediate);
  }
}

for (const [what, replies] of [
  ["who takes nothing of a reply is cut off", { stallMs: 100 }],
  ["who takes too long for a reply is cut off", { giveUpMs: 100 }],
] as const) {
  test(what, async () => {
    await using http = await startSmallHttp({ ...large, replies });
    const socket = await askAndSleep(http);
    await until(() => http.admission.open === 1);
    await until(() => http.admission.open === 0);
    socket.destroy();
  });
}

test("replies that wait for their readers are bounded together, and small ones go on", async () => {
  await using http = await startSmallHttp({
    handlers: { ...large.handlers, get_room: () => ({ room: {}, member_count: 0 }) },
    replies: { maxBytes: 40 * 1024 * 1024 },
  });
  const sleeper = await askAndSleep(http);
  await once(sleeper, "readable");
  const refused = await http.ask("GET", "/rooms");
  assert.equal(refused.status, 503);
  assert.equal((await http.ask("GET", "/rooms/00000000-0000-7000-8000-000000000001")).status, 200);
  sleeper.destroy();
  await until(() => http.admission.open < 2);
  assert.equal((await http.ask("GET", "/rooms")).status, 200);
});

test("a reply to somebody who has gone meanwhile is not counted as waiting for ever", async () => {
  const gate = Promise.withResolvers<void>();
  const slowly = async () => {
    await gate.promise;
    return { rooms: [] };
  };
  const room = () => ({ room: {}, member_count: 0 });
  await using http = await startSmallHttp({ handlers: { list_rooms: slowly, get_room: room } });
  const sockets = await Promise.all([askAndSleep(http), askAndSleep(http)]);
  await until(() => http.admission.open === sockets.length);
  for (const socket of sockets) socket.destroy();
  await until(() => http.admission.open === 0);
  gate.resolve();
  // By the time this one is answered those two were.
  await http.ask("GET", "/rooms/00000000-0000-7000-8000-000000000001");
  await until(() => http.listener.heldReplies().bytes === 0);
});
