import assert from "node:assert/strict";
import { test } from "node:test";
import type { RegistrationInviteId } from "@lair-chat/protocol/ids.ts";
import type { ServerInvite } from "../../actions/actions.ts";
import { renderScreen } from "../../test/render-screen.ts";
import { ann, chatState, conversation, general } from "../../test/sample-chat.ts";

const ESCAPE = "\u001B";
const DOWN = "\u001B[B";
const state = () => chatState([conversation(general, "general")]);

const invite = (note: string, given: Partial<ServerInvite> = {}): ServerInvite => ({
  id: note as RegistrationInviteId,
  created_by: ann,
  note,
  max_uses: 5,
  uses: 1,
  created_at: "2026-11-20T12:00:00Z",
  expires_at: "2026-11-27T12:00:00Z",
  revoked_at: null,
  ...given,
});

test("an invite is made for so many accounts, and its token stays to be written down", async () => {
  const value = { invite: invite("the choir"), token: "lair-invite-abc" };
  const createServerInvite = async () => ({ ok: true, value }) as const;
  const options = { state: state(), actions: { createServerInvite }, columns: 60, rows: 20 };
  await using screen = await renderScreen(options);
  screen.press("/admin invite\r");
  await screen.untilShown("Invite to this server");
  screen.press("the choir\tmany\r");
  await screen.untilShown("Accounts: a number up to");
  screen.press("\u00155\r");
  await screen.untilShown("lair-invite-abc");
  screen.pass(60_000);
  assert.match(await screen.untilShown("I have it, close"), /Good until: Fri 27 Nov 2026/);
  const given = { uses: 5, hours: undefined, note: "the choir" };
  assert.deepEqual(screen.asked("createServerInvite"), [[given]]);
  screen.press("c");
  await screen.untilShown("Write a message");
});

test("an invite is taken back from the list, and one that is over is not", async () => {
  const items = [
    invite("the choir"),
    invite("used", { uses: 5 }),
    invite("old", { expires_at: "2026-11-20T13:00:00Z" }),
    invite("gone", { revoked_at: "2026-11-20T13:00:00Z" }),
  ];
  const listServerInvites = async () => ({ ok: true, value: { items, total: 4 } }) as const;
  await using screen = await renderScreen({ state: state(), actions: { listServerInvites } });
  screen.press("/admin invites\r");
  const text = await screen.untilShown("> the choir  1 of 5 used");
  assert.match(text, /until Fri 27 Nov 2026/);
  assert.match(text, /used {2}5 of 5 used +used up\n/);
  assert.match(text, /old .* expired\n/);
  assert.match(text, /gone .* taken back\n/);
  screen.press("\r");
  await screen.untilShown("Made by ann");
  screen.press("t");
  await screen.untilShown("The invite is of no use any more.");
  assert.deepEqual(screen.asked("revokeServerInvite"), [["the choir"]]);
  screen.press(DOWN);
  await screen.untilShown("> used");
  screen.press("\r");
  assert.doesNotMatch(await screen.untilShown("Leave it as it is"), /Take the invite/);
  screen.press(ESCAPE);
  await screen.untilShown("> used");
});
