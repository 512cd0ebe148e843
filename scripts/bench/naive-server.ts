import { writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { encodeTextFrame, FrameDecoder } from "@lair-chat/protocol/wire/frame.ts";
import { openConnection } from "../../server/storage/sqlite-connection.ts";

// node naive-server.ts DIRECTORY: what one writes first. Each message is committed by itself, with
// an fsync, and then encoded and written to one recipient after the other. It speaks the frames of
// loadgen/relay.c and acknowledges.

const largestFrame = 1024 * 1024;

const file = path.join(process.argv[2] ?? ".", "naive.db");
writeFileSync(file, "", { flag: "a" });
// As durable as ours: a write-ahead log, synchronous=FULL.
const database = openConnection({ file, access: "write" });
database.exec(`create table if not exists messages
  (id integer primary key, room text not null, body text not null, at integer not null)`);
const insert = database.prepare("insert into messages (room, body, at) values (?, ?, ?)");

interface Said {
  readonly t: string;
  readonly room: string;
  readonly text?: string;
}

const rooms = new Map<string, Set<net.Socket>>();

function send(socket: net.Socket, message: object): void {
  socket.write(encodeTextFrame(JSON.stringify(message), largestFrame));
}

function take(socket: net.Socket, { t, room, text = "" }: Said): void {
  const members = rooms.get(room) ?? new Set();
  rooms.set(room, members);
  if (t === "j") {
    members.add(socket);
    socket.once("close", () => members.delete(socket));
    send(socket, { t: "r" });
    return;
  }
  if (!members.has(socket)) return;
  insert.run(room, text, Date.now());
  for (const member of members) send(member, { t: "s", room, text });
  send(socket, { t: "a", text });
}

const server = net.createServer({ noDelay: true }, (socket) => {
  const decoder = new FrameDecoder({ maxFrameBytes: largestFrame });
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => {
    decoder.push(chunk);
    for (let payload = decoder.next(); payload !== undefined; payload = decoder.next()) {
      take(socket, JSON.parse(Buffer.from(payload).toString("utf8")) as Said);
    }
  });
});
server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => {
  const address = server.address();
  if (address !== null && typeof address !== "string") console.log(`listening ${address.port}`);
});
