import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { test } from "node:test";
import { startServerProcess } from "../test/server-process.ts";

/** A request whose body does not come: while it is waited for the server can't end by itself. */
async function unfinishedRequest(port: number): Promise<net.Socket> {
  const socket = net.connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  const head = ["POST /api/v1/auth/login HTTP/1.1", "host: x", "content-type: application/json"];
  socket.write(`${head.join("\r\n")}\r\ncontent-length: 9\r\nexpect: 100-continue\r\n\r\n`);
  await once(socket, "data");
  return socket;
}

test("a second signal ends the server at once, also when it is another one", {
  skip: process.platform === "win32" && "there signals end a process anyway",
}, async () => {
  await using server = await startServerProcess();
  const socket = await unfinishedRequest(server.httpPort);
  process.kill(server.pid, "SIGINT");
  while (!server.output().includes("stopping")) await new Promise(setImmediate);
  const end = await server.stop("SIGTERM");
  assert.deepEqual(end, { code: null, signal: "SIGTERM" });
  socket.destroy();
});
