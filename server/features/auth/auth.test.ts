import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatError, ErrorCode } from "@lair-chat/protocol/errors.ts";
import type { DeviceId } from "@lair-chat/protocol/ids.ts";
import { v7 } from "uuid";
import {
  type Accounts,
  callAs,
  callFrom,
  goodPassword,
  openAccounts,
} from "../../test/account-fixture.ts";
import { userByIdentifier } from "../users/user-store.ts";
import { sessionTimes } from "./session-rules.ts";

const says = (code: ErrorCode) => (error: unknown) => (error as ChatError).code === code;
const newDevice = () => v7() as string as DeviceId;

async function login(accounts: Accounts, identifier: string, password = goodPassword) {
  return accounts.auth.login(callFrom(), { identifier, password });
}

test("a new account is signed in and its token is good", async () => {
  await using accounts = await openAccounts();
  const call = callFrom();
  const reply = await accounts.auth.register(call, {
    username: "Ann",
    email: "ann@example.org",
    password: goodPassword,
  });
  assert.equal(reply.user.username, "Ann");
  assert.equal(reply.user.email, "ann@example.org");
  assert.equal(reply.user.role, "user");
  assert.equal(reply.refresh_token, undefined);
  const session = await accounts.check.authenticateToken(reply.token);
  assert.deepEqual(call.signedIn, [session]);
  assert.equal(session.id, reply.session.id);
  assert.equal(session.expiresAt, accounts.clock.now() + sessionTimes.plain);
});

test("the database holds neither the password nor the tokens", async () => {
  await using accounts = await openAccounts();
  const { reply } = await accounts.register("ann", { device_id: newDevice() });
  const { users, sessions, refreshTokens } = accounts.db.tables;
  const stored = JSON.stringify([
    await accounts.db.read.select().from(users),
    await accounts.db.read.select().from(sessions),
    await accounts.db.read.select().from(refreshTokens),
  ]);
  for (const secret of [goodPassword, reply.token, reply.refresh_token ?? "no token"]) {
    assert.equal(stored.includes(secret), false);
  }
});

test("a name or an e-mail address is taken whatever its case", async () => {
  await using accounts = await openAccounts();
  await accounts.register("Ann", { email: "Ann@Example.org" });
  await assert.rejects(accounts.register("aNN"), says("username_taken"));
  await assert.rejects(accounts.register("bob", { email: "ann@example.ORG" }), says("email_taken"));
  await accounts.register("bob", { email: "" });
  await accounts.register("cat", { email: "" });
});

test("of two who register the same name at once one gets it", async () => {
  await using accounts = await openAccounts();
  const tries = await Promise.allSettled([accounts.register("ann"), accounts.register("Ann")]);
  assert.deepEqual(tries.map((one) => one.status).sort(), ["fulfilled", "rejected"]);
});

test("reserved names and weak passwords are refused", async () => {
  await using accounts = await openAccounts();
  await assert.rejects(accounts.register("Adm1n"), says("username_invalid"));
  await assert.rejects(
    accounts.register("ann", { password: "sunshine" }),
    says("password_too_weak"),
  );
  await assert.rejects(
    accounts.register("annabella", { password: "AnnaBella" }),
    says("password_too_weak"),
  );
});

for (const [registration, code] of [
  ["invite", "invite_required"],
  ["closed", "registration_closed"],
] as const) {
  test(`nobody registers by themselves when registration is ${registration}`, async () => {
    await using accounts = await openAccounts({ registration });
    await assert.rejects(accounts.register("ann"), says(code));
  });
}

test("one signs in by name or by e-mail address", async () => {
  await using accounts = await openAccounts();
  await accounts.register("Ann", { email: "ann@example.org" });
  for (const identifier of ["Ann", "ann", "ANN@example.org"]) {
    const { user } = await login(accounts, identifier);
    assert.equal(user.username, "Ann");
  }
});

test("a wrong password and an unknown name get the same answer after the same work", async () => {
  await using accounts = await openAccounts();
  await accounts.register("ann");
  const work: string[] = [];
  const { passwords } = accounts.deps;
  const watched = {
    ...passwords,
    verify: (stored: string, password: string) => {
      work.push("hash");
      return passwords.verify(stored, password);
    },
    verifyNothing: (password: string) => {
      work.push("hash");
      return passwords.verifyNothing(password);
    },
  };
  const { createLogin } = await import("./login.ts");
  const handler = createLogin({ ...accounts.deps, passwords: watched });
  const answers = [];
  for (const identifier of ["ann", "nobody", "nobody@example.org"]) {
    const tried = handler(callFrom(), { identifier, password: "wrong password" });
    answers.push(
      await Promise.resolve(tried).catch((error: ChatError) => [error.code, error.message]),
    );
  }
  assert.equal(new Set(answers.map((answer) => JSON.stringify(answer))).size, 1);
  assert.deepEqual(work, ["hash", "hash", "hash"]);
});

test("five failures lock an account for their address and for no other", async () => {
  await using accounts = await openAccounts();
  await accounts.register("ann", { email: "ann@example.org" });
  const from = async (address: string, identifier: string, password: string) =>
    accounts.auth.login(callFrom(address), { identifier, password });
  for (const identifier of ["ann", "Ann", "ann@example.org", "ann", "ANN"]) {
    await assert.rejects(
      from("203.0.113.7", identifier, "wrong password"),
      says("invalid_credentials"),
    );
  }
  await assert.rejects(from("203.0.113.7", "ann", goodPassword), (error: ChatError) => {
    assert.equal(error.code, "account_locked");
    assert.equal(error.retryAfter, 15 * 60);
    return true;
  });
  await from("203.0.113.8", "ann", goodPassword);
  accounts.clock.pass(15 * 60_000);
  await from("203.0.113.7", "ann", goodPassword);
});

test("a name that nobody has is locked like one that somebody has", async () => {
  await using accounts = await openAccounts();
  for (let failures = 0; failures < 5; failures += 1) {
    await assert.rejects(login(accounts, "nobody"), says("invalid_credentials"));
  }
  await assert.rejects(login(accounts, "Nobody"), says("account_locked"));
});

test("a stored hash that became too cheap is replaced at the next sign-in", async () => {
  await using accounts = await openAccounts();
  await accounts.register("ann");
  const before = await userByIdentifier(accounts.db, "ann");
  const { createPasswordHasher } = await import("../../security/password-hash.ts");
  const { createHashQueue } = await import("../../security/hash-queue.ts");
  await using queue = createHashQueue();
  const stronger = createPasswordHasher(queue, { memoryKiB: 16, passes: 2, lanes: 1 });
  const { createLogin } = await import("./login.ts");
  const handler = createLogin({ ...accounts.deps, passwords: stronger });
  await handler(callFrom(), { identifier: "ann", password: goodPassword });
  const after = await userByIdentifier(accounts.db, "ann");
  assert.notEqual(after?.passwordHash, before?.passwordHash);
  assert.match(after?.passwordHash ?? "", /\$m=16,t=2,p=1\$/);
  await login(accounts, "ann");
});

test("logging out ends the session for all who hold it", async () => {
  await using accounts = await openAccounts();
  const { reply, session } = await accounts.register("ann");
  const other = await login(accounts, "ann");
  const call = callAs(session);
  await accounts.auth.logout(call, {});
  assert.deepEqual(call.signedOut, [true]);
  assert.deepEqual(accounts.ended, [session.id]);
  await assert.rejects(accounts.check.authenticateToken(reply.token), says("session_not_found"));
  assert.equal(await accounts.check.recheckSession(session), undefined);
  await accounts.check.authenticateToken(other.token);
});

test("authenticate signs a connection in with the role the database has now", async () => {
  await using accounts = await openAccounts();
  const { reply } = await accounts.register("ann");
  const { setUserRoleOperation } = await import("../users/user-store.ts");
  await accounts.db.write(setUserRoleOperation, { username: "Ann", role: "admin" });
  const call = callFrom();
  const answer = await accounts.auth.authenticate(call, { token: reply.token });
  assert.equal(answer.user.role, "admin");
  assert.equal(call.signedIn[0]?.role, "admin");
  assert.deepEqual(answer.session, reply.session);
});

test("coming back is written down, but not every time", async () => {
  await using accounts = await openAccounts();
  const { reply } = await accounts.register("ann", { device_id: newDevice() });
  const registered = accounts.clock.now();
  const seen = async () => {
    const token = (await accounts.auth.refresh(callFrom(), { refresh_token: last })).token;
    await accounts.auth.authenticate(callFrom(), { token });
    return (await userByIdentifier(accounts.db, "ann"))?.lastSeenAt;
  };
  const last = reply.refresh_token ?? "";
  accounts.clock.pass(sessionTimes.seenAgain - 1);
  assert.equal(await seen(), registered);
  const second = await accounts.auth.login(callFrom(), {
    identifier: "ann",
    password: goodPassword,
  });
  accounts.clock.pass(sessionTimes.seenAgain);
  await accounts.auth.authenticate(callFrom(), { token: second.token });
  assert.equal((await userByIdentifier(accounts.db, "ann"))?.lastSeenAt, accounts.clock.now());
});

test("a token does not outlive its session", async () => {
  await using accounts = await openAccounts();
  const { reply, session } = await accounts.register("ann");
  accounts.clock.pass(sessionTimes.plain);
  // The token itself is still within the leeway of a minute.
  await assert.rejects(accounts.check.authenticateToken(reply.token), says("session_expired"));
  assert.equal(await accounts.check.recheckSession(session), undefined);
  accounts.clock.pass(61_000);
  await assert.rejects(accounts.check.authenticateToken(reply.token), says("token_expired"));
});

test("the oldest session ends when a user has more than twenty", async () => {
  await using accounts = await openAccounts();
  const { session: first } = await accounts.register("ann");
  const { session: stranger } = await accounts.register("bob");
  for (let more = 0; more < 19; more += 1) {
    accounts.clock.pass(1);
    await login(accounts, "ann");
  }
  assert.deepEqual(accounts.ended, []);
  accounts.clock.pass(1);
  const newest = await login(accounts, "ann");
  assert.deepEqual(accounts.ended, [first.id]);
  assert.equal(await accounts.check.recheckSession(first), undefined);
  assert.equal(await accounts.check.recheckSession(stranger), stranger.expiresAt);
  await accounts.check.authenticateToken(newest.token);
});

test("a sign-in while the clock is wrong ends nobody's sessions for good", async () => {
  await using accounts = await openAccounts();
  const { reply, session } = await accounts.register("ann");
  const jump = 40 * sessionTimes.plain;
  accounts.clock.pass(jump);
  const ahead = await login(accounts, "ann");
  assert.equal(await accounts.check.recheckSession(session), undefined);
  accounts.clock.pass(-jump);
  await login(accounts, "ann");
  await accounts.check.authenticateToken(reply.token);
  await accounts.check.authenticateToken(ahead.token);
});

test("sessions that are over count among the twenty, and are the first to go", async () => {
  await using accounts = await openAccounts();
  const { session: first } = await accounts.register("ann", { device_id: newDevice() });
  for (let more = 0; more < 18; more += 1) {
    accounts.clock.pass(1);
    await login(accounts, "ann");
  }
  accounts.clock.pass(2 * sessionTimes.plain);
  const kept = [await login(accounts, "ann"), await login(accounts, "ann")];
  // The first lives for longer, being one with a refresh token, and is the oldest of all.
  assert.equal(await accounts.check.recheckSession(first), first.expiresAt);
  assert.equal(accounts.ended.length, 1);
  for (const { token } of kept) await accounts.check.authenticateToken(token);
});

test("the devices a client makes up are bounded", async () => {
  await using accounts = await openAccounts();
  await accounts.register("ann", { device_id: newDevice() });
  for (let more = 0; more < 60; more += 1) {
    accounts.clock.pass(1);
    await accounts.auth.login(callFrom(), {
      identifier: "ann",
      password: goodPassword,
      device_id: newDevice(),
    });
  }
  const devices = await accounts.db.read.select().from(accounts.db.tables.devices);
  assert.equal(devices.length, 50);
});

test("clients that name no device share one", async () => {
  await using accounts = await openAccounts();
  const { session } = await accounts.register("ann");
  const again = await login(accounts, "ann");
  assert.equal(again.session.device_id, session.deviceId);
  const devices = await accounts.db.read.select().from(accounts.db.tables.devices);
  assert.equal(devices.length, 1);
});
