import assert from "node:assert/strict";
import { chmod, open as openFile, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { test } from "node:test";
import type { ClientId, RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import { AccountFileError } from "../files/account-file-error.ts";
import { newConversation, roomKey } from "../store/conversation.ts";
import { mergeRange } from "../store/log-range.ts";
import { withAck, withOutgoing } from "../store/outgoing.ts";
import type { Conversation, ConversationKey } from "../store/state.ts";
import { migrations } from "./migrations.ts";
import { openFile as openDatabase, setSynchronous } from "./open-file-store.ts";
import { type Kept, writeOf } from "./store-write.ts";
import { copyOf, open, place, startTime } from "./test/places.ts";
import { SampleHistory } from "./test/sample-history.ts";

const key = roomKey("00000000-0000-7000-8000-000000000100" as RoomId);
const other = roomKey("00000000-0000-7000-8000-000000000101" as RoomId);
const clientId = "00000000-0000-7000-8000-000000005001" as ClientId;
const day = 24 * 60 * 60 * 1000;
const unsent = {
  ...{ clientId, content: "hello", createdAt: startTime },
  status: { state: "sending" },
} as const;

const nothing: Kept = {
  conversations: new Map<ConversationKey, Conversation>(),
  people: new Map(),
  open: undefined,
};
const keep = (...conversations: readonly Conversation[]): Kept => ({
  ...nothing,
  conversations: new Map(conversations.map((one) => [one.key, one])),
});
const lobby = newConversation({ key, title: "lobby" });

function history(length: number): SampleHistory {
  const made = new SampleHistory();
  for (let n = 0; n < length; n += 1) made.add("message");
  return made;
}

test("a file of a newer version is refused with what to do, and stays as it is", async () => {
  await using here = await place();
  const path = here.path("a.db");
  open(path).local.close();
  const { connection } = openDatabase(path);
  connection.pragma("user_version = 99");
  connection.close();
  assert.throws(
    () => open(path),
    (error) => {
      assert.ok(error instanceof AccountFileError);
      assert.match(error.message, /newer version/);
      return true;
    },
  );
  assert.deepEqual(await readdir(here.path("")), ["a.db"]);
});

for (const [what, damage] of [
  ["is no database", async (path: string) => writeFile(path, "x".repeat(5_000))],
  ["has a damaged page", damageAPage],
] as const) {
  test(`a file that ${what} is put aside with a word, and a new one is begun`, async () => {
    await using here = await place();
    const path = here.path("a.db");
    const { local } = open(path);
    const log = mergeRange(lobby, history(2_000).page(1, 2_000));
    local.write(writeOf(nothing, keep(log)));
    local.close();
    await damage(path);
    const bytes = await readFile(path);
    const { local: again, notices } = open(path, 7);
    assert.match(notices[0] ?? "", /was damaged; it is loaded again .*a\.db\.damaged-7/);
    assert.deepEqual(again.load().conversations, []);
    assert.deepEqual(await readFile(here.path("a.db.damaged-7")), bytes);
    again.close();
  });
}

test("what is still readable of a damaged file and is nowhere else is offered again, and nothing of it is sent unasked", async () => {
  await using here = await place();
  const path = here.path("a.db");
  const { local } = open(path);
  const full = mergeRange(withOutgoing(lobby, unsent), history(2_000).page(1, 2_000));
  local.write(writeOf(nothing, keep({ ...full, draft: "half a word" })));
  local.close();
  await damageAPage(path);
  const { local: again, notices } = open(path, startTime + 1);
  assert.match(notices[0] ?? "", /kept: unsent messages \(1\), drafts \(1\)/);
  const [found] = again.load().conversations;
  assert.deepEqual([found?.title, found?.draft, found?.entries], ["lobby", "half a word", []]);
  const [message] = found?.outgoing ?? [];
  assert.deepEqual([message?.clientId, message?.content], [clientId, "hello"]);
  assert.equal(message?.status.state, "failed");
  again.close();
  assert.deepEqual(open(path).notices, [], "told once");
});

test("a file of the first version is brought to the newest with all that is in it", async () => {
  await using here = await place();
  const path = here.path("a.db");
  const { connection } = openDatabase(path, migrations.slice(0, 1));
  assert.equal(connection.pragma("user_version", { simple: true }), 1);
  connection.exec(
    `INSERT INTO outbox (client_id, key, content, created_at, state)
      VALUES ('${clientId}', '${key}', 'hello', ${startTime}, 'sending')`,
  );
  connection.close();
  const { local, notices } = open(path);
  assert.deepEqual(notices, []);
  assert.deepEqual(local.load().conversations[0]?.outgoing, [unsent]);
  local.close();
});

async function damageAPage(path: string): Promise<void> {
  const file = await openFile(path, "r+");
  const { size } = await file.stat();
  for (let at = 8 * 4096; at < size; at += 4096) await file.write(Buffer.alloc(64, 255), 0, 64, at);
  await file.close();
}

test("the file of another user of that name is put aside with a word", async () => {
  await using here = await place();
  const { local } = open(here.path("a.db"));
  local.write(writeOf(nothing, keep(lobby)));
  local.close();
  const somebody = "00000000-0000-7000-8000-000000000009" as UserId;
  const { local: theirs, notices } = open(here.path("a.db"), 7, somebody);
  assert.match(notices[0] ?? "", /somebody else's/);
  assert.deepEqual(theirs.load().conversations, []);
  theirs.close();
});

test("only this user can read the files, and a file that others could read is closed to them", async (t) => {
  if (process.platform === "win32") return t.skip("no modes");
  await using here = await place();
  const { local } = open(here.path("a.db"));
  local.write(writeOf(nothing, keep(lobby)));
  for (const name of await readdir(here.path(""))) {
    assert.equal((await stat(here.path(name))).mode & 0o777, 0o600, name);
  }
  local.close();
  await chmod(here.path("a.db"), 0o644);
  const { local: again, notices } = open(here.path("a.db"));
  assert.match(notices[0] ?? "", /could be read by others/);
  again.close();
});

test("a commit can be made to wait for the disk, and the database agrees that it does", async () => {
  await using here = await place();
  const { connection } = openDatabase(here.path("a.db"));
  for (const [level, found] of [
    ["FULL", 2],
    ["NORMAL", 1],
    ["FULL", 2],
  ] as const) {
    setSynchronous(connection, level);
    assert.equal(connection.pragma("synchronous", { simple: true }), found);
  }
  connection.close();
});

test("only what leaves the machine waits for the disk", () => {
  const written = keep(lobby);
  const waiting = keep(withOutgoing(lobby, unsent));
  const acked = keep(withAck(withOutgoing(lobby, unsent), clientId, { seq: 1 }));
  assert.equal(writeOf(written, waiting).isDurable, true);
  assert.equal(writeOf(waiting, acked).isDurable, false);
  const heard = keep(mergeRange(lobby, history(3).page(1, 3)));
  assert.equal(writeOf(written, heard).isDurable, false);
});

test("a message leaves the outbox when it is acknowledged, and is known as ours for 30 days", async () => {
  await using here = await place();
  const path = here.path("a.db");
  const { local } = open(path);
  const waiting = keep(withOutgoing(lobby, unsent));
  local.write(writeOf(nothing, waiting));
  const ack = { seq: 1, chain: "chain" };
  local.write(writeOf(waiting, keep(withAck(withOutgoing(lobby, unsent), clientId, ack))));
  const { content, createdAt } = unsent;
  const known = { clientId, content, createdAt, seq: 1, chain: "chain" };
  assert.deepEqual(local.acked(key), [known]);
  assert.deepEqual(local.load().conversations[0]?.outgoing, []);
  local.close();
  const later = open(path, startTime + 31 * day);
  later.local.load();
  assert.deepEqual(later.local.acked(key), []);
  later.local.close();
});

test("what could not be sent for a week is not sent unasked", async () => {
  await using here = await place();
  const { local } = open(here.path("a.db"));
  local.write(writeOf(nothing, keep(withOutgoing(lobby, unsent))));
  local.close();
  const later = open(here.path("a.db"), startTime + 8 * day).local;
  const [found] = later.load().conversations[0]?.outgoing ?? [];
  assert.equal(found?.clientId, clientId);
  assert.equal(found?.status.state, "failed");
  later.close();
});

test("a conversation that is gone leaves nothing", async () => {
  await using here = await place();
  const { local } = open(here.path("a.db"));
  const full = mergeRange(withOutgoing(lobby, unsent), history(3).page(1, 3));
  const both = keep(full, newConversation({ key: other, title: "other" }));
  local.write(writeOf(nothing, both));
  local.write(writeOf(both, keep(newConversation({ key: other, title: "other" }))));
  const { conversations } = local.load();
  assert.deepEqual(
    conversations.map(({ title }) => title),
    ["other"],
  );
  assert.equal(local.older(key, undefined), undefined);
  local.close();
});

test("a room that was left is not there at the next start, unless something in it was not sent", async () => {
  await using here = await place();
  const { local } = open(here.path("a.db"));
  const left = { ...lobby, joined: false };
  local.write(writeOf(nothing, keep(left)));
  assert.deepEqual(local.load().conversations, []);
  local.write(writeOf(keep(left), keep(withOutgoing(left, unsent))));
  assert.equal(local.load().conversations.length, 1);
  local.close();
});

test("what was kept of a history that was set back is not mixed with the new one", async () => {
  await using here = await place();
  const { local } = open(here.path("a.db"));
  const full = mergeRange(lobby, history(30).page(1, 30));
  local.write(writeOf(nothing, keep(full)));
  const setBack = { at: 1, seq: 20, isOffered: false };
  const again = mergeRange({ ...lobby, setBack }, history(20).page(15, 20));
  local.write(writeOf(keep(full), keep(again)));
  const newest = local.older(key, undefined);
  assert.deepEqual([newest?.from, newest?.to], [15, 20]);
  assert.equal(local.older(key, 15), undefined);
  local.close();
});

test("10,000 entries are written in portions of a page, each in one go", async (t) => {
  await using here = await place();
  const { local } = open(here.path("a.db"));
  const all = history(10_000);
  let before = keep(lobby);
  local.write(writeOf(nothing, before));
  const pages = Array.from({ length: 20 }, (_, at) => all.page(at * 500 + 1, at * 500 + 500));
  const times: number[] = [];
  for (const page of pages) {
    const conversation = before.conversations.get(key) ?? lobby;
    const after = keep(mergeRange(conversation, page));
    const start = performance.now();
    local.write(writeOf(before, after));
    times.push(performance.now() - start);
    before = after;
  }
  const total = times.reduce((sum, one) => sum + one, 0);
  t.diagnostic(
    `10,000 entries: ${total.toFixed(0)} ms, longest portion ${Math.max(...times).toFixed(1)} ms`,
  );
  const copy = open(await copyOf(here.path("a.db"), here.path("b.db"))).local;
  const loaded = copy.load().conversations[0];
  assert.equal(loaded?.entries.length, 200);
  assert.deepEqual(copy.older(key, 9_801)?.entries, all.entries(9_601, 9_800));
  copy.close();
  local.close();
});
