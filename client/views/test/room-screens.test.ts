import assert from "node:assert/strict";
import { test } from "node:test";
import type { InvitationId, RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import type { Room, RoomRole, User } from "@lair-chat/protocol/messages/shapes.ts";
import type { SentInvitation } from "../../actions/actions.ts";
import type { Member } from "../../store/state.ts";
import { theRoom } from "../../store/test/sample-log.ts";
import { renderScreen } from "../../test/render-screen.ts";
import {
  ann,
  bob,
  carol,
  chatState,
  conversation,
  general,
  withConversation,
} from "../../test/sample-chat.ts";

const ALT_U = "\u001Bu";
const ESCAPE = "\u001B";
const DOWN = "\u001B[B";
const TAB = "\t";

const member = (id: UserId, role: RoomRole): Member => ({ id, username: id, role });
const list = [member(bob, "member"), member(carol, "moderator"), member(ann, "owner")];
const inRoom = (role: RoomRole = "owner") =>
  chatState([conversation(general, "general", { role, members: { state: "known", list } })]);
const room: Room = { ...theRoom, id: "general" as RoomId, name: "general" };

test("a member is found by typing, made a moderator, and the list is asked for again", async () => {
  await using screen = await renderScreen({ state: inRoom() });
  screen.press(ALT_U);
  const text = await screen.untilShown("Members of #general");
  assert.match(text, /> ● ann \(you\) +owner\n +○ carol +moderator\n +● bob +member/);
  screen.press("bo");
  await screen.untilShown("> ● bob");
  screen.press("\r");
  await screen.untilShown("bob is a member of #general.");
  screen.press("m");
  await screen.untilShown("bob is a moderator of #general now.");
  assert.deepEqual(screen.asked("setMemberRole"), [["general", bob, "moderator"]]);
  assert.equal(screen.asked("loadMembers").length, 2);
});

test("the one who was chosen stays chosen when others come and go", async () => {
  await using screen = await renderScreen({ state: inRoom() });
  screen.press(ALT_U);
  await screen.untilShown("Members of #general");
  screen.press(`${DOWN}${DOWN}`);
  await screen.untilShown("> ● bob");
  const dan = member("aaron" as UserId, "member");
  screen.store.update((state) =>
    withConversation(state, general, (before) => ({
      ...before,
      members: { state: "known", list: [...list, dan] },
    })),
  );
  await screen.untilShown("○ aaron");
  assert.match(screen.terminal.text(), /> ● bob/);
});

test("handing a room over is asked twice, and Escape leads back step by step", async () => {
  await using screen = await renderScreen({ state: inRoom() });
  screen.press(`${ALT_U}bob`);
  await screen.untilShown("> ● bob");
  screen.press("\r");
  await screen.untilShown("t  Hand the room over to bob");
  screen.press("t");
  await screen.untilShown("only bob can make you an owner again");
  screen.press(ESCAPE);
  await screen.untilShown("> ● bob");
  assert.deepEqual(screen.asked("transferOwnership"), []);
  screen.press("\r");
  await screen.untilShown("t  Hand");
  screen.press("t");
  await screen.untilShown("y  Yes");
  screen.press("y");
  await screen.untilShown("bob owns #general now");
  assert.deepEqual(screen.asked("transferOwnership"), [["general", bob]]);
  screen.press(ESCAPE);
  await screen.untilShown("Write a message");
});

test("a member is banned with a reason, and a moderator is not offered what owners can do", async () => {
  const people = { ...inRoom("moderator"), me: inRoom().me };
  await using screen = await renderScreen({ state: people });
  screen.press(`${ALT_U}bob`);
  await screen.untilShown("> ● bob");
  screen.press("\r");
  const text = await screen.untilShown("b  Ban bob from the room");
  assert.doesNotMatch(text, /Make bob|Hand/);
  screen.press("b");
  await screen.untilShown("The room sees the reason");
  screen.press("too loud\r");
  await screen.untilShown("bob is kept out of #general.");
  assert.deepEqual(screen.asked("ban"), [["general", bob, "too loud"]]);
});

test("an owner sees the settings as they are and sends only what is different", async () => {
  const getRoom = async () => ({ ok: true, value: room }) as const;
  await using screen = await renderScreen({ state: inRoom(), actions: { getRoom } });
  screen.press("/settings\r");
  await screen.untilShown("Settings of #general");
  screen.press(`${TAB}\u0015Tea${TAB}${TAB}\u0015many\r`);
  await screen.untilShown("Members at most: say a number up to 1000000, or none.");
  screen.press(`\u001550${TAB} ${TAB}m${TAB}j`);
  const text = await screen.untilShown("< joined >");
  assert.match(text, /Moderated +< yes >/);
  assert.match(text, /New ones are +< member >/);
  screen.press("\r");
  await screen.untilShown("The settings of #general are changed.");
  const [[id, change] = []] = screen.asked("updateRoom");
  assert.equal(id, "general");
  assert.deepEqual(change, {
    description: "Tea",
    settings: { max_members: 50, moderated: true, history: "joined" },
  });
});

test("settings that are left as they are ask nothing of the server", async () => {
  const getRoom = async () => ({ ok: true, value: room }) as const;
  await using screen = await renderScreen({ state: inRoom(), actions: { getRoom } });
  screen.press("/settings\r");
  await screen.untilShown("Settings of #general");
  screen.press("\r");
  await screen.untilShown("Nothing was changed.");
  assert.deepEqual(screen.asked("updateRoom"), []);
});

test("who is no owner reads the settings, all of them, in a small window too", async () => {
  const getRoom = async () => ({ ok: true, value: room }) as const;
  const options = { state: inRoom("member"), actions: { getRoom }, columns: 60, rows: 20 };
  await using screen = await renderScreen(options);
  screen.press("/settings\r");
  const text = await screen.untilShown("only owners change them");
  assert.match(text, /Members at most: none/);
  assert.match(text, /New ones read: shared/);
});

test("somebody who is banned is let in again from the list", async () => {
  const ban = {
    user_id: bob,
    username: "bob",
    banned_by: carol,
    reason: "too loud",
    created_at: "2026-11-21T09:00:00Z",
  };
  const listBans = async () => ({ ok: true, value: { items: [ban], total: 1 } }) as const;
  await using screen = await renderScreen({ state: inRoom(), actions: { listBans } });
  screen.press("/bans\r");
  assert.match(await screen.untilShown("> bob"), /too loud {2}Today/);
  screen.press("\r");
  await screen.untilShown("Banned from #general by carol: too loud");
  screen.press("u");
  await screen.untilShown("bob may come into #general again.");
  assert.deepEqual(screen.asked("unban"), [["general", bob]]);
});

test("a block is taken back from the list", async () => {
  const items = [{ id: bob, username: "bob" }];
  const listBlocked = async () => ({ ok: true, value: { items, total: 1 } }) as const;
  await using screen = await renderScreen({ state: inRoom(), actions: { listBlocked } });
  screen.press("/blocked\r");
  await screen.untilShown("> bob");
  screen.press("\r");
  await screen.untilShown("u  Take the block of bob back");
  screen.press("u");
  await screen.untilShown("bob can write to you again.");
  assert.deepEqual(screen.asked("unblockUser"), [[bob]]);
});

test("an invitation is taken back from those that were sent, which stand beside those received", async () => {
  const sent = (id: string, status: SentInvitation["status"]): SentInvitation => ({
    id: id as InvitationId,
    room_id: "general" as RoomId,
    room_name: "general",
    inviter_id: ann,
    inviter_name: "ann",
    invitee_id: bob,
    invitee_name: id,
    status,
    message: null,
    created_at: "2026-11-20T12:00:00Z",
    expires_at: "2026-11-27T12:00:00Z",
    responded_at: null,
  });
  const items = [sent("bob", "pending"), sent("carol", "accepted")];
  const listSentInvitations = async () => ({ ok: true, value: { items, total: 2 } }) as const;
  await using screen = await renderScreen({ state: inRoom(), actions: { listSentInvitations } });
  screen.press("/invitations\r");
  await screen.untilShown("No invitation waits for you.");
  screen.press(TAB);
  const text = await screen.untilShown("> bob to #general");
  assert.match(text, /waiting, until Fri 27 Nov 2026/);
  assert.match(text, /carol to #general +accepted/);
  screen.press("\r");
  await screen.untilShown("t  Take the invitation of bob back");
  screen.press("t");
  await screen.untilShown("The invitation of bob to #general is taken back.");
  assert.deepEqual(screen.asked("cancelInvitation"), [["bob"]]);
  screen.press(DOWN);
  screen.press("\r");
  assert.doesNotMatch(await screen.untilShown("is accepted"), /Take the/);
});

test("the e-mail address is changed with the password, and the profile shows it then", async () => {
  let email = "";
  const profile = async () => {
    const user: User = {
      id: ann,
      username: "ann",
      email,
      role: "user",
      created_at: "2026-11-01T12:00:00Z",
      updated_at: "2026-11-01T12:00:00Z",
      last_seen_at: null,
    };
    return { ok: true, value: user } as const;
  };
  const updateEmail = async (next: string) => {
    email = next;
    return { ok: true, value: undefined } as const;
  };
  const actions = { profile, updateEmail };
  await using screen = await renderScreen({ state: inRoom(), actions });
  screen.press("/profile\r");
  await screen.untilShown("E-mail: none");
  screen.press("e");
  await screen.untilShown("Change your e-mail address");
  screen.press("ann@example.org\r");
  await screen.untilShown("Type your password.");
  screen.press(`${TAB}my secret\r`);
  const text = await screen.untilShown("E-mail: ann@example.org");
  assert.match(text, /Your e-mail address is changed\./);
  assert.doesNotMatch(text, /my secret/);
  assert.deepEqual(screen.asked("updateEmail"), [["ann@example.org", "my secret"]]);
});
