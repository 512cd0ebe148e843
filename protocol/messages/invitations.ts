import { Type } from "typebox";
import { command, event } from "../define.ts";
import { InvitationIdSchema, RoomIdSchema, UserIdSchema } from "../ids.ts";
import { limits } from "../limits.ts";
import { plainSuccess } from "./plain-success.ts";
import {
  Count,
  Invitation,
  Limit,
  nullable,
  Offset,
  Room,
  RoomMembership,
  UserSeq,
} from "./shapes.ts";

export const inviteToRoom = command("invite_to_room", {
  about: "Invites somebody to a room: its moderators and owners. Good for seven days.",
  access: "session",
  rate: "api",
  params: {
    room_id: RoomIdSchema,
    user_id: UserIdSchema,
    message: Type.Optional(nullable(Type.String({ maxLength: limits.descriptionChars }))),
  },
  result: { invitation: Invitation },
  errors: [
    "room_not_found",
    "not_room_member",
    "permission_denied",
    "user_not_found",
    "already_member",
    "already_invited",
    "room_banned",
    "user_blocked",
    "storage_full",
  ],
  http: { method: "POST", path: "/invitations", status: 201 },
});

export const listInvitations = command("list_invitations", {
  about: "The pending invitations to you, the newest first; with `sent`, those you have sent.",
  access: "session",
  rate: "api",
  params: {
    sent: Type.Optional(Type.Boolean()),
    limit: Type.Optional(Limit),
    offset: Type.Optional(Offset),
  },
  result: { invitations: Type.Array(Invitation), has_more: Type.Boolean(), total_count: Count },
  errors: [],
  http: {
    method: "GET",
    path: "/invitations",
    query: {
      sent: Type.Optional(Type.Boolean()),
      limit: Type.Optional(Limit),
      offset: Type.Optional(Offset),
    },
  },
});

const answerErrors = [
  "invitation_not_found",
  "not_invitee",
  "invitation_used",
  "invitation_expired",
  "storage_full",
] as const;

export const acceptInvitation = command("accept_invitation", {
  about: "Joins the room one was invited to.",
  access: "session",
  rate: "api",
  params: { invitation_id: InvitationIdSchema },
  result: { membership: RoomMembership, room: Room },
  errors: [...answerErrors, "room_not_found", "room_full", "room_banned", "already_member"],
  http: { method: "POST", path: "/invitations/:invitation_id/accept" },
});

export const declineInvitation = command("decline_invitation", {
  about: "Turns an invitation down.",
  access: "session",
  rate: "api",
  params: { invitation_id: InvitationIdSchema },
  result: {},
  errors: answerErrors,
  http: {
    method: "POST",
    path: "/invitations/:invitation_id/decline",
    ...plainSuccess,
  },
});

export const cancelInvitation = command("cancel_invitation", {
  about: "Takes back an invitation: who sent it, or a moderator or owner of the room.",
  access: "session",
  rate: "api",
  params: { invitation_id: InvitationIdSchema },
  result: {},
  errors: ["invitation_not_found", "permission_denied", "invitation_used", "storage_full"],
  http: {
    method: "DELETE",
    path: "/invitations/:invitation_id",
    ...plainSuccess,
  },
});

export const invitationReceived = event("invitation_received", {
  about: "Somebody has invited you.",
  logged: false,
  payload: { invitation: Invitation, user_seq: Type.Optional(UserSeq) },
});

export const invitationCancelled = event("invitation_cancelled", {
  about: "An invitation to you is void.",
  logged: false,
  unknownTo1x: true,
  payload: {
    invitation_id: InvitationIdSchema,
    reason: Type.String({ description: "cancelled_by_inviter, expired or room_deleted" }),
    user_seq: Type.Optional(UserSeq),
  },
});
