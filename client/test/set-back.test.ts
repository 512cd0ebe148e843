import assert from "node:assert/strict";
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type ServerProcess, startServerProcess } from "../../server/test/server-process.ts";
import { roomKey } from "../store/conversation.ts";
import type { ConversationKey } from "../store/state.ts";
import { registered, type TestClient } from "./client-fixture.ts";

const ok = { ok: true, value: undefined };

async function temporary() {
  const path = await mkdtemp(join(tmpdir(), "lair-set-back-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Puts the files of a server that is stopped in the place of others. */
async function replace(from: string, to: string): Promise<void> {
  for (const name of await readdir(to)) await rm(join(to, name), { recursive: true, force: true });
  await cp(from, to, { recursive: true });
}

const shows = (client: TestClient, key: ConversationKey, lines: readonly string[]) =>
  client.until(lines.join(" | "), ({ conversations }) => {
    const shown = conversations.has(key) ? client.lines(key) : [];
    return JSON.stringify(shown) === JSON.stringify(lines);
  });

async function again(server: ServerProcess, ...clients: TestClient[]): Promise<ServerProcess> {
  const next = await server.restart();
  for (const client of clients) client.app.actions.reconnectNow();
  return next;
}

test("a server that was set back is told of, its history is shown, and what is missing of one's own is offered again", async () => {
  await using backup = await temporary();
  await using start = await startServerProcess();
  await using ann = await registered(start, "ann");
  await using bob = await registered(start, "bob");
  const made = await ann.app.actions.createRoom({
    name: "lobby",
    description: "",
    isPrivate: false,
  });
  assert.ok(made.ok);
  assert.deepEqual(await bob.app.actions.joinRoom(made.value), ok);
  const key = roomKey(made.value);
  for (const client of [ann, bob]) client.app.actions.openConversation(key);
  ann.app.actions.send(key, "kept");
  for (const client of [ann, bob]) await shows(client, key, ["ann: kept"]);

  await start.stop();
  await cp(start.directory, backup.path, { recursive: true });
  let server = await again(start, ann, bob);
  ann.app.actions.send(key, "lost one");
  for (const client of [ann, bob]) await shows(client, key, ["ann: kept", "ann: lost one"]);
  bob.app.actions.send(key, "lost too");
  ann.app.actions.send(key, "lost two");
  for (const client of [ann, bob]) {
    await client.until("all of it", () => client.lines(key).length === 4);
    await client.until("all of it is in the log", () =>
      client.lines(key).every((line) => !line.startsWith("(")),
    );
  }

  await server.stop();
  await replace(backup.path, server.directory);
  server = await again(server, ann, bob);
  await shows(ann, key, ["ann: kept", "(lost one)", "(lost two)"]);
  await shows(bob, key, ["ann: kept", "(lost too)"]);
  assert.match(ann.state().notices.at(-1)?.text ?? "", /set back to an earlier state/);
  const { outgoing, setBack } = ann.conversation(key);
  assert.deepEqual(new Set(outgoing.map(({ status }) => status.state)), new Set(["failed"]));
  assert.equal(setBack?.isOffered, true);

  const [first, second] = outgoing;
  assert.ok(first && second);
  ann.app.actions.discard(key, second.clientId);
  ann.app.actions.retry(key, first.clientId);
  for (const [client, rest] of [
    [ann, []],
    [bob, ["(lost too)"]],
  ] as const) {
    await shows(client, key, ["ann: kept", "ann: lost one", ...rest]);
  }
  await server.stop("SIGKILL");
});
