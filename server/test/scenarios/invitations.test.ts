import assert from "node:assert/strict";
import { test } from "node:test";
import type { InvitationId } from "@lair-chat/protocol/ids.ts";
import { v7 } from "uuid";
import { codeOf, type HttpAnswer, startChat } from "./chatting.ts";
import { arrive, bringIn, invite, makeRoom } from "./room-steps.ts";

test("an invitation reaches its invitee at once, and lets him in", async () => {
  await using chat = await startChat();
  const { ann, bob, cid } = await arrive(chat, "ann", "bob", "cid");
  const second = await bob.connect();
  const room = await makeRoom(ann, "Den", { public: false });
  const { invitation } = await ann.client.call("invite_to_room", {
    room_id: room,
    user_id: bob.id,
    message: "come in",
  });
  for (const client of [bob.client, second]) {
    const event = await client.expects("invitation_received");
    assert.deepEqual(event.invitation, invitation);
  }
  const { room_name, inviter_name, invitee_name, status, message, responded_at } = invitation;
  assert.deepEqual(
    [room_name, inviter_name, invitee_name, status, message, responded_at],
    ["Den", "ann", "bob", "pending", "come in", null],
  );
  const days = Date.parse(invitation.expires_at) - Date.parse(invitation.created_at);
  assert.equal(days, 7 * 24 * 3_600_000);
  assert.deepEqual(await bob.client.call("list_invitations", {}), {
    invitations: [invitation],
    has_more: false,
    total_count: 1,
  });
  assert.equal((await bob.client.refusal("get_room", { room_id: room })).code, "room_not_found");
  const accepted = await bob.client.call("accept_invitation", { invitation_id: invitation.id });
  assert.deepEqual([accepted.room.id, accepted.membership.role], [room, "member"]);
  for (const client of [ann.client, bob.client, second]) {
    await client.expects("user_joined_room", ({ user }) => user.id === bob.id);
  }
  const sent = await ann.client.call("list_invitations", { sent: true });
  assert.deepEqual(
    sent.invitations.map((one) => one.status),
    ["accepted"],
  );
  await cid.client.settle();
  assert.deepEqual(cid.client.unread("invitation_received"), []);
});

test("an invitation that was declined is void, and another may follow", async () => {
  await using chat = await startChat();
  const { ann, bob } = await arrive(chat, "ann", "bob");
  const room = await makeRoom(ann, "Den");
  const first = await invite(ann, room, bob);
  const params = { room_id: room, user_id: bob.id };
  assert.equal((await ann.client.refusal("invite_to_room", params)).code, "already_invited");
  await bob.client.call("decline_invitation", { invitation_id: first.id });
  const late = await bob.client.refusal("accept_invitation", { invitation_id: first.id });
  assert.equal(late.code, "invitation_used");
  const second = await invite(ann, room, bob);
  await bob.client.call("accept_invitation", { invitation_id: second.id });
  assert.equal((await ann.client.refusal("invite_to_room", params)).code, "already_member");
});

test("an invitation that is taken back disappears from its invitee", async () => {
  await using chat = await startChat();
  const { ann, max, bob } = await arrive(chat, "ann", "max", "bob");
  const room = await makeRoom(ann, "Den", { public: false, join_role: "moderator" });
  await bringIn(room, ann, max);
  const invitation = await invite(ann, room, bob);
  await max.client.call("cancel_invitation", { invitation_id: invitation.id });
  const event = await bob.client.expects("invitation_cancelled");
  assert.deepEqual([event.invitation_id, event.reason], [invitation.id, "cancelled_by_inviter"]);
  assert.equal((await bob.client.call("list_invitations", {})).total_count, 0);
  const late = await bob.client.refusal("accept_invitation", { invitation_id: invitation.id });
  assert.equal(late.code, "invitation_used");
});

test("whoever blocked somebody is not invited by him", async () => {
  await using chat = await startChat();
  const { ann, bob } = await arrive(chat, "ann", "bob");
  const room = await makeRoom(ann, "Den");
  await bob.client.call("block_user", { user_id: ann.id });
  const params = { room_id: room, user_id: bob.id };
  assert.equal((await ann.client.refusal("invite_to_room", params)).code, "user_blocked");
});

test("a room of one place lets one of two invited people in", async () => {
  await using chat = await startChat();
  const { ann, bob, cid } = await arrive(chat, "ann", "bob", "cid");
  const room = await makeRoom(ann, "Den", { public: false, max_members: 2 });
  const ids = [(await invite(ann, room, bob)).id, (await invite(ann, room, cid)).id] as const;
  const answers = await Promise.allSettled([
    bob.client.call("accept_invitation", { invitation_id: ids[0] }),
    cid.client.call("accept_invitation", { invitation_id: ids[1] }),
  ]);
  const refused = answers.flatMap((one) => (one.status === "rejected" ? [one.reason.code] : []));
  assert.deepEqual(refused, ["room_full"]);
});

test("over HTTP invitations live at the addresses of 0.8.0", async () => {
  await using chat = await startChat();
  const { ann, bob, cid } = await arrive(chat, "ann", "bob", "cid");
  const room = await makeRoom(ann, "Den");
  const refused = (answer: HttpAnswer) => [answer.status, codeOf(answer)];
  const forBob = { room_id: room, user_id: bob.id };
  const made = await ann.http("POST", "/invitations", forBob);
  const { id } = made.body["invitation"] as { id: InvitationId };
  assert.equal(made.status, 201);
  const stranger = await cid.http("POST", "/invitations", forBob);
  assert.deepEqual(refused(stranger), [403, "not_room_member"]);
  for (const answer of ["accept", "decline"]) {
    const theirs = await cid.http("POST", `/invitations/${id}/${answer}`);
    assert.deepEqual(refused(theirs), [409, "not_invitee"]);
  }
  const list = await bob.http("GET", "/invitations?limit=5");
  assert.deepEqual([list.body["total_count"], list.body["has_more"]], [1, false]);
  const accepted = await bob.http("POST", `/invitations/${id}/accept`);
  const { role } = accepted.body["membership"] as { role: string };
  assert.deepEqual([accepted.status, role], [200, "member"]);
  const missing = await bob.http("POST", `/invitations/${v7()}/accept`);
  assert.deepEqual(refused(missing), [404, "invitation_not_found"]);
  const { id: other } = await invite(ann, room, cid);
  const taken = await ann.http("DELETE", `/invitations/${other}`);
  assert.deepEqual(taken, { status: 200, body: { success: true } });
  const late = await cid.http("POST", `/invitations/${other}/decline`);
  assert.deepEqual(refused(late), [409, "invitation_used"]);
});
