import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatError, ErrorCode } from "@lair-chat/protocol/errors.ts";
import type { RegistrationInviteId } from "@lair-chat/protocol/ids.ts";
import { v7 } from "uuid";
import { hashOpaqueToken, newOpaqueToken } from "../../security/opaque-token.ts";
import { type Accounts, openAccounts } from "../../test/account-fixture.ts";
import {
  addInviteOperation,
  listInvites,
  withdrawInviteOperation,
} from "./registration-invite-store.ts";
import { purgeSessionsOperation } from "./session-store.ts";

const says = (code: ErrorCode) => (error: unknown) => (error as ChatError).code === code;
const hour = 3_600_000;

async function invited({ db }: Accounts, maxUses = 1) {
  const token = newOpaqueToken();
  const { id } = await db.write(addInviteOperation, {
    id: v7() as string as RegistrationInviteId,
    tokenHash: hashOpaqueToken(token),
    createdBy: null,
    note: null,
    maxUses,
    lifeMs: hour,
  });
  return { token, id };
}

async function usesOf({ db }: Accounts): Promise<readonly number[]> {
  const { invites } = await listInvites(db, { limit: 9, offset: 0 });
  return invites.map(({ uses }) => uses);
}

test("an invite makes as many accounts as it was made for, however many try at once", async () => {
  await using accounts = await openAccounts({ registration: "invite" });
  const { token: invite } = await invited(accounts, 3);
  const names = Array.from({ length: 12 }, (_, index) => `guest-${index}`);
  const tries = await Promise.allSettled(names.map((name) => accounts.register(name, { invite })));
  const refused = tries.filter((one) => one.status === "rejected");
  assert.equal(refused.length, 9);
  for (const { reason } of refused) assert.ok(says("invite_invalid")(reason));
  assert.deepEqual(await usesOf(accounts), [3]);
});

test("an account that is not made uses nothing up", async () => {
  await using accounts = await openAccounts({ registration: "invite" });
  const { token: invite } = await invited(accounts, 2);
  await accounts.register("ann", { invite });
  await assert.rejects(accounts.register("ANN", { invite }), says("username_taken"));
  await assert.rejects(
    accounts.register("bob", { invite, password: "password" }),
    says("password_too_weak"),
  );
  assert.deepEqual(await usesOf(accounts), [1]);
  const { reply } = await accounts.register("bob", { invite });
  assert.equal(reply.user.role, "user");
});

test("an invite that is unknown, over or revoked is none, whatever registration is open to", async () => {
  for (const registration of ["invite", "open"] as const) {
    await using accounts = await openAccounts({ registration });
    const late = await invited(accounts);
    const revoked = await invited(accounts);
    await accounts.db.write(withdrawInviteOperation, { id: revoked.id });
    const refusedWith = (invite: string) =>
      assert.rejects(accounts.register("ann", { invite }), says("invite_invalid"));
    await refusedWith(newOpaqueToken());
    await refusedWith("");
    await refusedWith(revoked.token);
    accounts.clock.pass(hour);
    await refusedWith(late.token);
    assert.deepEqual(await usesOf(accounts), [0, 0]);
  }
});

test("where registration is closed an invite opens nothing", async () => {
  await using accounts = await openAccounts({ registration: "closed" });
  const { token: invite } = await invited(accounts);
  await assert.rejects(accounts.register("ann", { invite }), says("registration_closed"));
});

test("only the hash of an invite's token is stored", async () => {
  await using accounts = await openAccounts();
  const { token } = await invited(accounts);
  const { invites, total } = await listInvites(accounts.db, { limit: 9, offset: 0 });
  assert.equal(total, 1);
  assert.ok(!JSON.stringify(invites).includes(token));
});

test("invites that are long over are kept by whoever makes another, and go with the purge", async () => {
  await using accounts = await openAccounts();
  await invited(accounts);
  accounts.clock.pass(91 * 24 * hour);
  await invited(accounts);
  const total = async () => (await listInvites(accounts.db, { limit: 9, offset: 0 })).total;
  assert.equal(await total(), 2);
  await accounts.db.write(purgeSessionsOperation, {});
  assert.equal(await total(), 1);
});

test("revoking what is no invite is refused, and revoking twice is not", async () => {
  await using accounts = await openAccounts();
  const { id } = await invited(accounts);
  await accounts.db.write(withdrawInviteOperation, { id });
  const [first] = (await listInvites(accounts.db, { limit: 9, offset: 0 })).invites;
  accounts.clock.pass(1_000);
  await accounts.db.write(withdrawInviteOperation, { id });
  const [again] = (await listInvites(accounts.db, { limit: 9, offset: 0 })).invites;
  assert.equal(again?.revokedAt, first?.revokedAt);
  const unknown = { id: v7() as string as RegistrationInviteId };
  await assert.rejects(
    accounts.db.write(withdrawInviteOperation, unknown),
    says("invite_not_found"),
  );
});
