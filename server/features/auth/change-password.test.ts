import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatError, ErrorCode } from "@lair-chat/protocol/errors.ts";
import type { Session } from "../../commands/handler.ts";
import {
  type Accounts,
  callAs,
  callFrom,
  goodPassword,
  openAccounts,
} from "../../test/account-fixture.ts";
import { banUserOperation } from "../admin/admin-store.ts";
import { setUserRoleOperation } from "../users/user-store.ts";
import { createLogin } from "./login.ts";

const says = (code: ErrorCode) => (error: unknown) => (error as ChatError).code === code;
const newPassword = "quite another one";

async function change(accounts: Accounts, session: Session) {
  return accounts.auth.change_password(callAs(session), {
    current_password: goodPassword,
    new_password: newPassword,
  });
}

/** Signs in with the good password; `meanwhile` happens between the check of it and the session. */
function loginDuring(accounts: Accounts, meanwhile: () => Promise<unknown>) {
  const { passwords } = accounts.deps;
  const slow = {
    ...passwords,
    verify: async (stored: string, password: string) => {
      const fits = await passwords.verify(stored, password);
      await meanwhile();
      return fits;
    },
  };
  const login = createLogin({ ...accounts.deps, passwords: slow });
  return Promise.resolve(login(callFrom(), { identifier: "ann", password: goodPassword }));
}

test("the connections of the sessions that a new password ends are told, and no others", async () => {
  await using accounts = await openAccounts();
  const { session } = await accounts.register("ann");
  await accounts.register("bob");
  const other = await accounts.auth.login(callFrom(), {
    identifier: "ann",
    password: goodPassword,
  });
  await change(accounts, session);
  assert.deepEqual(accounts.ended, [other.session.id]);
  assert.equal(await accounts.check.recheckSession(session), session.expiresAt);
});

test("who signs in with the old password while it is changed gets no session", async () => {
  await using accounts = await openAccounts();
  const { session } = await accounts.register("ann");
  await assert.rejects(
    loginDuring(accounts, () => change(accounts, session)),
    says("busy"),
  );
});

test("of two who change the password at once one does", async () => {
  await using accounts = await openAccounts();
  const { session } = await accounts.register("ann");
  const changes = await Promise.allSettled([change(accounts, session), change(accounts, session)]);
  assert.deepEqual(changes.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
});

test("who is banned while signing in gets no session", async () => {
  await using accounts = await openAccounts();
  const { session: ann } = await accounts.register("ann");
  const { session: root } = await accounts.register("rita");
  await accounts.db.write(setUserRoleOperation, { username: "rita", role: "admin" });
  const ban = { by: root.userId, userId: ann.userId, reason: null, durationMs: 3_600_000 };
  await assert.rejects(
    loginDuring(accounts, () => accounts.db.write(banUserOperation, ban)),
    says("account_banned"),
  );
  assert.equal(await accounts.check.recheckSession(ann), undefined);
  accounts.clock.pass(3_600_000);
  await accounts.auth.login(callFrom(), { identifier: "ann", password: goodPassword });
});

test("who is no admin any more bans nobody, whatever the session says", async () => {
  await using accounts = await openAccounts();
  const { session: ann } = await accounts.register("ann");
  const { session: bob } = await accounts.register("bob");
  const ban = { by: ann.userId, userId: bob.userId, reason: null, durationMs: null };
  await assert.rejects(accounts.db.write(banUserOperation, ban), says("permission_denied"));
});

test("a connection that was signed in with another role is not the same any more", async () => {
  await using accounts = await openAccounts();
  const { session } = await accounts.register("ann");
  await accounts.db.write(setUserRoleOperation, { username: "ann", role: "admin" });
  assert.equal(await accounts.check.recheckSession(session), undefined);
});
