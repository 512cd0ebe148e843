import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatError, ErrorCode } from "@lair-chat/protocol/errors.ts";
import { openAccounts } from "../../test/account-fixture.ts";
import { createSetupToken } from "./setup-token.ts";

const says = (code: ErrorCode) => (error: unknown) => (error as ChatError).code === code;

test("the setup token makes one admin, even where registration is closed", async () => {
  await using accounts = await openAccounts({ registration: "closed" });
  const token = (await createSetupToken(accounts)) ?? "";
  const { reply } = await accounts.register("ann", { setup_token: token });
  assert.equal(reply.user.role, "admin");
  await assert.rejects(
    accounts.register("bob", { setup_token: token }),
    says("setup_token_invalid"),
  );
  assert.equal(await createSetupToken(accounts), undefined);
});

test("of two who use the setup token at once one becomes admin", async () => {
  await using accounts = await openAccounts();
  const setup_token = (await createSetupToken(accounts)) ?? "";
  const tries = await Promise.allSettled([
    accounts.register("ann", { setup_token }),
    accounts.register("bob", { setup_token }),
  ]);
  assert.deepEqual(tries.map((one) => one.status).sort(), ["fulfilled", "rejected"]);
});

test("a setup token lives through a name that is taken", async () => {
  await using accounts = await openAccounts();
  const setup_token = (await createSetupToken(accounts)) ?? "";
  await accounts.register("ann");
  await assert.rejects(accounts.register("ann", { setup_token }), says("username_taken"));
  const { reply } = await accounts.register("bob", { setup_token });
  assert.equal(reply.user.role, "admin");
});

test("each start without an admin voids the token before", async () => {
  await using accounts = await openAccounts();
  const first = (await createSetupToken(accounts)) ?? "";
  const second = (await createSetupToken(accounts)) ?? "";
  assert.notEqual(first, second);
  await assert.rejects(
    accounts.register("ann", { setup_token: first }),
    says("setup_token_invalid"),
  );
  await accounts.register("ann", { setup_token: second });
});

test("only the hash of the setup token is stored", async () => {
  await using accounts = await openAccounts();
  const token = (await createSetupToken(accounts)) ?? "";
  const rows = await accounts.db.read.select().from(accounts.db.tables.serverState);
  assert.equal(JSON.stringify(rows).includes(token), false);
});
