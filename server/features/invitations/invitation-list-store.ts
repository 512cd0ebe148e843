import type { UserId } from "@lair-chat/protocol/ids.ts";
import { and, count, desc, eq, exists, gt, or } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Reader } from "../../storage/database.ts";
import type { NamedInvitation } from "./invitation-rules.ts";

export interface InvitationQuery {
  readonly userId: UserId;
  /** Those the user has sent, and not those sent to him. */
  readonly sent: boolean;
  /** Milliseconds since the epoch: what runs out before is no invitation any more. */
  readonly now: number;
  readonly limit: number;
  readonly offset: number;
}

export interface InvitationPage {
  readonly invitations: readonly NamedInvitation[];
  readonly total: number;
}

/** The newest first: the open ones to a user, or all that he has sent for rooms that he may see. */
export async function listInvitations(
  reader: Reader,
  query: InvitationQuery,
): Promise<InvitationPage> {
  const { read, tables } = reader;
  const { invitations, rooms, users } = tables;
  const [inviter, invitee] = [alias(users, "inviter"), alias(users, "invitee")];
  const wanted = query.sent ? sentBy(reader, query.userId) : openTo(reader, query);
  const found = await read
    .select({
      row: invitations,
      roomName: rooms.name,
      inviterName: inviter.username,
      inviteeName: invitee.username,
    })
    .from(invitations)
    .innerJoin(rooms, eq(rooms.id, invitations.roomId))
    .innerJoin(inviter, eq(inviter.id, invitations.inviterId))
    .innerJoin(invitee, eq(invitee.id, invitations.inviteeId))
    .where(wanted)
    .orderBy(desc(invitations.createdAt), desc(invitations.id))
    .limit(query.limit)
    .offset(query.offset);
  const [counted] = await read
    .select({ total: count() })
    .from(invitations)
    .innerJoin(rooms, eq(rooms.id, invitations.roomId))
    .where(wanted);
  return { invitations: found, total: counted?.total ?? 0 };
}

function openTo({ tables: { invitations } }: Reader, { userId, now }: InvitationQuery) {
  return and(
    eq(invitations.inviteeId, userId),
    eq(invitations.status, "pending"),
    gt(invitations.expiresAt, now),
  );
}

/** Whoever has left a private room hears nothing more of it, not even that it has another name now. */
function sentBy({ read, tables: { invitations, members, rooms } }: Reader, userId: UserId) {
  const membership = read
    .select({ id: members.userId })
    .from(members)
    .where(and(eq(members.conversationId, rooms.id), eq(members.userId, userId)));
  return and(eq(invitations.inviterId, userId), or(eq(rooms.isPrivate, false), exists(membership)));
}
