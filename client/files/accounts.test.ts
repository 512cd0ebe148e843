import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { ClientId, RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import { directKey, roomKey } from "../store/conversation.ts";
import { AccountFileError } from "./account-file-error.ts";
import { type Accounts, openAccounts } from "./accounts.ts";
import type { StoredOutgoing } from "./session-data.ts";

const server = "localhost:8080";
const ann = { username: "ann", userId: "00000000-0000-7000-8000-000000000001" as UserId };
const bob = { username: "bob", userId: "00000000-0000-7000-8000-000000000002" as UserId };
const unsent: StoredOutgoing = {
  key: roomKey("00000000-0000-7000-8000-000000000100" as RoomId),
  title: "lobby",
  clientId: "00000000-0000-7000-8000-000000005000" as ClientId,
  content: "hello \u{1f44b}",
  createdAt: 1,
  failed: undefined,
};

interface Place extends AsyncDisposable {
  readonly folder: string;
  readonly path: (name: string) => string;
  accounts(): Accounts;
}

async function place(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "lair-accounts-"));
  let ids = 0;
  const newId = () => `00000000-0000-7000-8000-${(++ids).toString().padStart(12, "0")}`;
  return {
    folder,
    path: (name) => join(folder, "localhost-8080", name),
    accounts: () => openAccounts({ folder, server, now: () => 7, newId }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

async function signedIn(accounts: Accounts, who = ann) {
  const opened = await accounts.open(who);
  assert.ok(opened);
  await opened.account.save((data) => ({ ...data, refreshToken: `token of ${who.username}` }));
  return opened.account;
}

test("what one window leaves, the next one finds", async () => {
  await using here = await place();
  const first = await signedIn(here.accounts());
  assert.equal(first.isNew, true);
  await first.release();

  const { account, taken, notices } = await here.accounts().claim(undefined);
  assert.deepEqual(account?.data, first.data);
  assert.equal(account?.isNew, false);
  assert.deepEqual([taken, notices], [[], []]);
});

test("what an earlier version kept in the session file is moved, once", async () => {
  await using here = await place();
  const old = await signedIn(here.accounts());
  await old.save((data) => ({
    ...data,
    read: new Map([
      [unsent.key, 12],
      [directKey(bob.userId), 3],
    ]),
    drafts: new Map([[unsent.key, "half a sen"]]),
    outgoing: [unsent],
  }));
  await old.release();
  // Earlier versions had no database.
  const names = (await readdir(here.path(""))).filter((name) => name.includes(".db"));
  for (const name of names) await rm(here.path(name));

  for (let starts = 0; starts < 2; starts += 1) {
    const { account } = await here.accounts().claim(undefined);
    assert.ok(account);
    const { conversations, read } = account.local.load();
    assert.deepEqual(
      conversations.map(({ key, title, readSeq, draft, outgoing }) => ({
        ...{ key, title, readSeq, draft },
        unsent: outgoing.map(({ clientId, content }) => [clientId, content]),
      })),
      [
        {
          ...{ key: unsent.key, title: "lobby", readSeq: 12, draft: "half a sen" },
          unsent: [[unsent.clientId, unsent.content]],
        },
      ],
    );
    assert.deepEqual([...read], [[directKey(bob.userId), 3]]);
    await account.save((data) => data);
    await account.release();
  }
  const file = await readFile(here.path("session-ann.json"), "utf8");
  assert.ok(!file.includes(unsent.content));
});

test("only this user can read the files", async (t) => {
  if (process.platform === "win32") return t.skip("no modes");
  await using here = await place();
  await signedIn(here.accounts());
  assert.equal((await stat(here.path("session-ann.json"))).mode & 0o777, 0o600);
  assert.equal((await stat(here.path(""))).mode & 0o777, 0o700);
});

test("a session that is open in another window is not used a second time", async () => {
  await using here = await place();
  const account = await signedIn(here.accounts());
  const second = here.accounts();
  assert.deepEqual(await second.claim(undefined), {
    account: undefined,
    taken: ["ann"],
    notices: [],
  });
  assert.equal(await second.isTaken("ANN"), true);
  assert.equal(await second.open(ann), undefined);
  await account.release();
  assert.equal(await second.isTaken("ann"), false);
});

test("two people share a machine, and each window gets the session used last that is free", async () => {
  await using here = await place();
  const windows = [await signedIn(here.accounts()), await signedIn(here.accounts(), bob)];
  for (const window of windows) await window.release();
  await utimes(here.path("session-ann.json"), 2000, 2000);
  await utimes(here.path("session-bob.json"), 1000, 1000);

  const first = await here.accounts().claim(undefined);
  const second = await here.accounts().claim(undefined);
  assert.equal(first.account?.data.username, "ann");
  assert.equal(second.account?.data.username, "bob");
  assert.equal((await here.accounts().claim(undefined)).account, undefined);
  await first.account?.release();
  await second.account?.release();
  assert.equal((await here.accounts().claim("bob")).account?.data.username, "bob");
});

test("the lock of a process that was killed holds nobody up", async () => {
  await using here = await place();
  await (await signedIn(here.accounts())).release();
  const code = `
    import { openAccounts } from ${JSON.stringify(new URL("./accounts.ts", import.meta.url).href)};
    const options = { folder: ${JSON.stringify(here.folder)}, server: "${server}", now: () => 1, newId: () => "" };
    const { account } = await openAccounts(options).claim("ann");
    console.log(account.data.username);
    setInterval(() => undefined, 1000);
  `;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", code]);
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  assert.equal(line.toString().trim(), "ann");
  assert.deepEqual((await here.accounts().claim("ann")).taken, ["ann"]);
  child.kill("SIGKILL");
  await once(child, "exit");
  assert.equal((await here.accounts().claim("ann")).account?.data.username, "ann");
});

test("a lock whose process number now belongs to another process holds nobody up", async (t) => {
  if (process.platform !== "linux") return t.skip("only Linux tells when a process began");
  await using here = await place();
  await (await signedIn(here.accounts())).release();
  const lock = JSON.stringify({ pid: process.pid, began: "1" });
  await writeFile(here.path("session-ann.lock-3"), lock);
  assert.equal(await here.accounts().isTaken("ann"), false);
});

test("of many windows that start at once, one gets the session", async () => {
  await using here = await place();
  await (await signedIn(here.accounts())).release();
  await writeFile(here.path("session-ann.lock-3"), "left by a crash");
  const claims = await Promise.all(
    Array.from({ length: 8 }, () => here.accounts().claim(undefined)),
  );
  assert.equal(claims.filter(({ account }) => account !== undefined).length, 1);
});

test("a damaged file is put aside with a word, and nothing of it is lost", async () => {
  await using here = await place();
  await (await signedIn(here.accounts())).release();
  await writeFile(here.path("session-ann.json"), '{"format":1,"username":"an');
  const { account, notices } = await here.accounts().claim(undefined);
  assert.equal(account, undefined);
  assert.match(notices[0] ?? "", /was damaged/);
  assert.equal(
    await readFile(here.path("session-ann.json.damaged-7"), "utf8"),
    '{"format":1,"username":"an',
  );
});

test("one unreadable message makes the file damaged rather than the message lost", async () => {
  await using here = await place();
  const account = await signedIn(here.accounts());
  await account.save((data) => ({ ...data, outgoing: [unsent] }));
  await account.release();
  const path = here.path("session-ann.json");
  await writeFile(path, (await readFile(path, "utf8")).replace('"content"', '"contents"'));
  assert.match((await here.accounts().claim(undefined)).notices[0] ?? "", /was damaged/);
});

test("a file that others could read is closed to them, and the person is told", async (t) => {
  if (process.platform === "win32") return t.skip("no modes");
  await using here = await place();
  await (await signedIn(here.accounts())).release();
  await chmod(here.path("session-ann.json"), 0o644);
  const { notices } = await here.accounts().claim(undefined);
  assert.match(notices[0] ?? "", /could be read by others/);
  assert.equal((await stat(here.path("session-ann.json"))).mode & 0o777, 0o600);
});

test("a name that was given to somebody else does not get the other one's things", async () => {
  await using here = await place();
  await (await signedIn(here.accounts())).release();
  const opened = await here.accounts().open({ ...ann, userId: bob.userId });
  assert.equal(opened?.account.isNew, true);
  assert.equal(opened?.account.data.refreshToken, undefined);
});

test("a name from the server leads nowhere outside the folder", async () => {
  await using here = await place();
  await signedIn(here.accounts(), { ...ann, username: "../../x/../y" });
  assert.deepEqual(await readdir(here.folder), ["localhost-8080"]);
  for (const name of await readdir(here.path(""))) assert.match(name, /^session-/);
});

test("forgetting leaves nothing but the lock, and that is released", async () => {
  await using here = await place();
  const account = await signedIn(here.accounts());
  await account.forget();
  await account.release();
  assert.deepEqual(await readdir(here.path("")), []);
});

test("many changes at once are all on disk when each is said to be", async () => {
  await using here = await place();
  const account = await signedIn(here.accounts());
  const saves = Array.from({ length: 50 }, async (_, at) => {
    const key = directKey(at.toString().padStart(36, "0") as UserId);
    await account.save((data) => ({ ...data, read: new Map(data.read).set(key, at) }));
    const file = await readFile(here.path("session-ann.json"), "utf8");
    assert.ok(file.includes(key));
  });
  await Promise.all(saves);
});

test("the installation has one id for good", async () => {
  await using here = await place();
  const id = await here.accounts().deviceId();
  assert.equal(await here.accounts().deviceId(), id);
  await writeFile(here.path("device-id"), "garbage");
  assert.notEqual(await here.accounts().deviceId(), id);
});

test("a place that cannot be written is named, with what to do", async () => {
  await using here = await place();
  await writeFile(join(here.folder, "file"), "");
  const accounts = openAccounts({
    folder: join(here.folder, "file"),
    server,
    now: () => 1,
    newId: () => "",
  });
  await assert.rejects(accounts.claim(undefined), (error) => {
    assert.ok(error instanceof AccountFileError);
    assert.match(error.message, /--account-dir/);
    return true;
  });
});

test("the lock of a killed process that its parent has not buried yet holds nobody up", async (t) => {
  if (process.platform !== "linux") return t.skip("only Linux shows such a process");
  await using here = await place();
  await (await signedIn(here.accounts())).release();
  // The shell becomes a program that never asks how its child ended. Only then may the child
  // end: a shell that is still a shell would bury it.
  const parent = spawn("sh", ["-c", "sleep 60 & echo $!; exec sleep 60"]);
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  const pid = Number(line.toString());
  const until = async (file: string, pattern: RegExp) => {
    while (!pattern.test(await readFile(file, "utf8"))) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await until(`/proc/${parent.pid}/comm`, /^sleep$/m);
  process.kill(pid, "SIGKILL");
  await until(`/proc/${pid}/stat`, /\) [ZX] /);
  const [began] =
    (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1]?.split(" ").slice(19, 20) ?? [];
  await writeFile(here.path("session-ann.lock-3"), JSON.stringify({ pid, began }));
  assert.equal(await here.accounts().isTaken("ann"), false);
  parent.kill("SIGKILL");
  await once(parent, "exit");
});
