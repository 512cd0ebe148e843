import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { RoomId } from "@lair-chat/protocol/ids.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import { textOf } from "./resuming-client.ts";
import { type Chat, inRoom, type Person, roomOf, startChat } from "./scenarios/chatting.ts";

const program = fileURLToPath(new URL("./resuming-reader.ts", import.meta.url));

/** A reader in a process of its own. */
class Reader implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #waiting = new Map<string, () => void>();
  readonly #failed = Promise.withResolvers<never>();
  #line = "";
  #errors = "";

  constructor(port: number, token: string, roomId: RoomId) {
    this.#child = spawn(process.execPath, [program, `${port}`, token, roomId], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      this.#line = line;
      this.#waiting.get(line)?.();
    });
    this.#child.stderr.on("data", (chunk: Buffer) => {
      this.#errors += chunk.toString();
    });
    this.#child.on("exit", () => this.#failed.reject(new Error(`a reader ended: ${this.#errors}`)));
    this.#failed.promise.catch(() => undefined);
  }

  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    this.#child.kill(signal);
  }

  /** Resolves when it has exactly this. */
  async says(line: string, limitMs = 60_000): Promise<void> {
    if (this.#line === line) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.set(line, resolve);
    const late = () => reject(new Error(`not within ${limitMs} ms: ${line}; it is ${this.#line}`));
    const timer = setTimeout(late, limitMs);
    await Promise.race([promise, this.#failed.promise]).finally(() => clearTimeout(timer));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#child.on("exit", () => resolve());
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGKILL");
    await promise;
  }
}

/** What a reader has to say that has all of a room. */
async function wholeLog({ client }: Person, roomId: RoomId): Promise<string> {
  const texts: string[] = [];
  for (let hasMore = true; hasMore; ) {
    const page = { target: inRoom(roomId), after: texts.length, limit: 500 };
    const { entries, has_more } = await client.call("get_log", page);
    texts.push(...entries.map(textOf));
    hasMore = has_more;
  }
  const digest = createHash("sha256").update(texts.join("\n")).digest("hex");
  return `has ${texts.length} ${texts.length} ${digest}`;
}

const stopped = 3;
const content = "x".repeat(limits.contentBytes);
const messages = 4_500;

async function flood({ client }: Person, roomId: RoomId): Promise<void> {
  const target = inRoom(roomId);
  let sent = 0;
  const sender = async () => {
    while (sent < messages) {
      sent += 1;
      await client.call("send_message", { target, content }, 60_000);
    }
  };
  await Promise.all(Array.from({ length: limits.requestsInFlight }, sender));
}

async function readersOf(chat: Chat, person: Person, roomId: RoomId) {
  const { tcpPort } = chat.server;
  const readers = Array.from(
    { length: stopped + 1 },
    () => new Reader(tcpPort, person.token, roomId),
  );
  const start = await wholeLog(person, roomId);
  for (const reader of readers) await reader.says(start);
  return readers;
}

test("readers that are stopped while 18 MB are pushed to them have everything once they go on", {
  skip: process.platform === "win32" ? "there is no SIGSTOP" : false,
  timeout: 240_000,
}, async () => {
  await using chat = await startChat();
  const [ann, bob] = [await chat.register("ann"), await chat.register("bob")];
  const roomId = await roomOf(ann, bob);
  await using stack = new AsyncDisposableStack();
  const [runner, ...others] = await readersOf(chat, bob, roomId);
  for (const reader of [runner, ...others]) if (reader !== undefined) stack.use(reader);
  for (const reader of others) reader.signal("SIGSTOP");
  await flood(ann, roomId);
  const whole = await wholeLog(bob, roomId);
  await runner?.says(whole);
  for (const reader of others) reader.signal("SIGCONT");
  for (const reader of others) await reader.says(whole);
  const leftOut = chat.server.output().match(/a slow reader is left out/g) ?? [];
  assert.ok(leftOut.length >= stopped, `${leftOut.length} readers were left out`);
});
