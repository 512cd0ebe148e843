import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { freePort, ServerUnderTest } from "./server-under-test.ts";
import { Session } from "./session.ts";

// How long after kill -9 a server accepts messages again, with many in its database and with none:
//   node scripts/torture/restart-time.ts [--messages 200000] [--rounds 5] [--json]
// The server is killed in the middle of a load, so that its WAL holds what was written last.

const inFlight = 400;
const password = "a long enough password";

interface Subject {
  readonly name: string;
  readonly directory: string;
  readonly messages: number;
}

/** A conversation of one, on its own connection. */
interface Speaker {
  readonly session: Session;
  send(): Promise<unknown>;
}

async function start(directory: string): Promise<{ server: ServerUnderTest; tcpPort: number }> {
  const [tcpPort, httpPort] = [await freePort(), await freePort()];
  const address = { tcpPort, httpPort, isTls: false };
  return { server: await ServerUnderTest.start({ directory, address }), tcpPort };
}

function connect(tcpPort: number): Session {
  const nobody = { event: () => undefined, closed: () => undefined };
  return new Session("tcp", { tcpPort, httpPort: 0, isTls: false }, nobody);
}

async function speaker(tcpPort: number, signIn: (session: Session) => Promise<string>) {
  const session = connect(tcpPort);
  await session.hello();
  const roomId = await signIn(session);
  const target = { type: "room", room_id: roomId };
  const send = () => session.call("send_message", { target, content: "x".repeat(120) });
  return { session, send } satisfies Speaker;
}

async function register(session: Session): Promise<string> {
  await session.call("register", { username: "speaker", password });
  const { room } = await session.call("create_room", { name: "long" });
  return (room as { id: string }).id;
}

/** Sends from several at once until `total` were acknowledged. */
async function flood({ send }: Speaker, total: number): Promise<void> {
  let left = total;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await send();
    }
  };
  await Promise.all(Array.from({ length: Math.min(inFlight, total) }, lane));
}

async function prepare({ directory, messages }: Subject): Promise<string> {
  const { server, tcpPort } = await start(directory);
  let roomId = "";
  const speaking = await speaker(tcpPort, async (session) => {
    roomId = await register(session);
    return roomId;
  });
  await flood(speaking, messages);
  speaking.session.destroy();
  await server.kill();
  return roomId;
}

/** @returns milliseconds from starting the program to the acknowledgement of a message, and to its being ready */
async function restart(directory: string, roomId: string) {
  const begin = performance.now();
  const { server, tcpPort } = await start(directory);
  const readyMs = performance.now() - begin;
  const speaking = await speaker(tcpPort, async (session) => {
    await session.call("login", { identifier: "speaker", password });
    return roomId;
  });
  const first = performance.now();
  await speaking.send();
  const ackMs = performance.now() - first;
  // Something for the next start to recover.
  await flood(speaking, 500);
  speaking.session.destroy();
  await server.kill();
  return { readyMs, ackMs };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const { values: asked } = parseArgs({
  options: {
    messages: { type: "string", default: "200000" },
    rounds: { type: "string", default: "5" },
    json: { type: "boolean", default: false },
  },
});
const base = mkdtempSync(path.join(tmpdir(), "lair-restart-"));
try {
  const subjects: Subject[] = [
    { name: "empty", directory: mkdtempSync(path.join(base, "empty-")), messages: 0 },
    {
      name: "full",
      directory: mkdtempSync(path.join(base, "full-")),
      messages: Number(asked.messages),
    },
  ];
  const rooms = new Map<string, string>();
  for (const subject of subjects) rooms.set(subject.name, await prepare(subject));
  const taken = new Map<string, number[]>(subjects.map(({ name }) => [name, []]));
  // In turn, so that what else the machine does falls on both.
  for (let round = 0; round < Number(asked.rounds); round += 1) {
    for (const { name, directory } of subjects) {
      const { readyMs, ackMs } = await restart(directory, rooms.get(name) ?? "");
      taken.get(name)?.push(readyMs + ackMs);
      if (!asked.json) {
        console.log(`${name}: ready ${readyMs.toFixed(0)} ms, message ${ackMs.toFixed(0)} ms`);
      }
    }
  }
  const emptyMs = median(taken.get("empty") ?? []);
  const fullMs = median(taken.get("full") ?? []);
  const result = {
    messages: Number(asked.messages),
    rounds: Number(asked.rounds),
    emptyMs: Math.round(emptyMs),
    fullMs: Math.round(fullMs),
    ratio: Number((fullMs / emptyMs).toFixed(2)),
  };
  console.log(asked.json ? JSON.stringify(result) : result);
} finally {
  rmSync(base, { recursive: true, force: true });
}
