import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatError, ErrorCode } from "@lair-chat/protocol/errors.ts";
import type { DeviceId } from "@lair-chat/protocol/ids.ts";
import { v7 } from "uuid";
import { newOpaqueToken } from "../../security/opaque-token.ts";
import { type Accounts, callAs, callFrom, openAccounts } from "../../test/account-fixture.ts";
import { sessionTimes } from "./session-rules.ts";
import { purgeSessionsOperation } from "./session-store.ts";

const says = (code: ErrorCode) => (error: unknown) => (error as ChatError).code === code;
const day = 24 * 60 * 60_000;

async function withDevice(accounts: Accounts) {
  const { reply, session } = await accounts.register("ann", {
    device_id: v7() as string as DeviceId,
  });
  return { reply, session, token: reply.refresh_token ?? "" };
}

async function refresh(accounts: Accounts, token: string) {
  const reply = await accounts.auth.refresh(callFrom(), { refresh_token: token });
  return { ...reply, refresh_token: reply.refresh_token ?? "" };
}

test("with a device the access token is short-lived and a refresh token brings the next", async () => {
  await using accounts = await openAccounts();
  const { reply, token, session } = await withDevice(accounts);
  assert.equal(Date.parse(reply.token_expires_at), accounts.clock.now() + sessionTimes.access);
  assert.equal(session.expiresAt, accounts.clock.now() + sessionTimes.absolute);
  accounts.clock.pass(sessionTimes.access + 61_000);
  await assert.rejects(accounts.check.authenticateToken(reply.token), says("token_expired"));
  const next = await refresh(accounts, token);
  assert.notEqual(next.refresh_token, token);
  assert.deepEqual(await accounts.check.authenticateToken(next.token), session);
});

test("a refresh token shown again at once gets another successor: the answer may have been lost", async () => {
  await using accounts = await openAccounts();
  const { token } = await withDevice(accounts);
  const [one, two] = await Promise.all([refresh(accounts, token), refresh(accounts, token)]);
  accounts.clock.pass(sessionTimes.reuseGrace);
  const three = await refresh(accounts, token);
  for (const next of [one, two, three]) await refresh(accounts, next.refresh_token);
  assert.deepEqual(accounts.ended, []);
});

test("a session refreshes ten times in a minute, and others are not held up by it", async () => {
  await using accounts = await openAccounts();
  let { token } = await withDevice(accounts);
  const other = await accounts.register("bob", { device_id: v7() as string as DeviceId });
  for (let count = 0; count < 10; count += 1)
    token = (await refresh(accounts, token)).refresh_token;
  await assert.rejects(refresh(accounts, token), says("rate_limited"));
  await refresh(accounts, other.reply.refresh_token ?? "");
  accounts.clock.pass(6_000);
  await refresh(accounts, token);
  assert.deepEqual(accounts.ended, []);
});

test("a refresh token shown again later ends the session of both", async () => {
  await using accounts = await openAccounts();
  const { token, session } = await withDevice(accounts);
  const next = await refresh(accounts, token);
  accounts.clock.pass(sessionTimes.reuseGrace + 1);
  await assert.rejects(refresh(accounts, token), says("invalid_token"));
  assert.deepEqual(accounts.ended, [session.id]);
  await assert.rejects(refresh(accounts, next.refresh_token), says("invalid_token"));
  await assert.rejects(accounts.check.authenticateToken(next.token), says("session_not_found"));
});

test("a refresh token that is not used for a week is too old", async () => {
  await using accounts = await openAccounts();
  const { token } = await withDevice(accounts);
  accounts.clock.pass(7 * day);
  await assert.rejects(refresh(accounts, token), says("session_expired"));
});

test("refreshing does not carry a session beyond thirty days", async () => {
  await using accounts = await openAccounts();
  let { token } = await withDevice(accounts);
  for (let days = 6; days < 30; days += 6) {
    accounts.clock.pass(6 * day);
    token = (await refresh(accounts, token)).refresh_token;
  }
  accounts.clock.pass(6 * day - 60_000);
  const last = await refresh(accounts, token);
  assert.equal(Date.parse(last.expires_at), accounts.clock.now() + 60_000);
  accounts.clock.pass(60_000);
  await assert.rejects(refresh(accounts, last.refresh_token), says("session_expired"));
});

test("a refresh token that was never handed out is refused", async () => {
  await using accounts = await openAccounts();
  await withDevice(accounts);
  await assert.rejects(refresh(accounts, newOpaqueToken()), says("invalid_token"));
});

test("an ended session's refresh token is refused", async () => {
  await using accounts = await openAccounts();
  const { token, session } = await withDevice(accounts);
  await accounts.auth.logout(callAs(session), {});
  await assert.rejects(refresh(accounts, token), says("invalid_token"));
});

test("without a refresh token the access token renews itself, as in 1.x", async () => {
  await using accounts = await openAccounts();
  const { reply, session } = await accounts.register("ann");
  assert.equal(reply.token_expires_at, reply.session.expires_at);
  accounts.clock.pass(23 * 60 * 60_000);
  const next = await accounts.auth.refresh(callAs(session), {});
  assert.equal(next.refresh_token, undefined);
  assert.equal(Date.parse(next.expires_at), accounts.clock.now() + day);
  accounts.clock.pass(23 * 60 * 60_000);
  const still = await accounts.check.authenticateToken(next.token);
  assert.equal(still.id, session.id);
});

test("an access token does not stand in for a refresh token where there is one", async () => {
  await using accounts = await openAccounts();
  const { session } = await withDevice(accounts);
  await assert.rejects(
    Promise.resolve(accounts.auth.refresh(callAs(session), {})),
    says("invalid_token"),
  );
});

test("nobody is refreshed with nothing", async () => {
  await using accounts = await openAccounts();
  assert.throws(() => accounts.auth.refresh(callFrom(), {}), says("unauthorized"));
});

test("purging removes what can't be used again and nothing else", async () => {
  await using accounts = await openAccounts();
  const { tables, read } = accounts.db;
  const { token, session } = await withDevice(accounts);
  const { session: old } = await accounts.register("bob");
  const next = await refresh(accounts, token);
  accounts.clock.pass(2 * day);
  await accounts.db.write(purgeSessionsOperation, {});
  const left = await read.select({ id: tables.sessions.id }).from(tables.sessions);
  assert.deepEqual(left, [{ id: session.id }]);
  assert.notEqual(old.id, session.id);
  // The used one stays as long as it would have lived: showing it has to be noticed.
  assert.equal((await read.select().from(tables.refreshTokens)).length, 2);
  await refresh(accounts, next.refresh_token);
  accounts.clock.pass(100 * day);
  await accounts.db.write(purgeSessionsOperation, {});
  for (const table of [tables.sessions, tables.refreshTokens, tables.devices]) {
    assert.equal((await read.select().from(table)).length, 0);
  }
  assert.equal((await read.select().from(tables.users)).length, 2);
});
