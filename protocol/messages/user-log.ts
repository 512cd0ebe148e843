import { Type } from "typebox";
import { event } from "../define.ts";
import { DeviceIdSchema, InvitationIdSchema, SessionIdSchema, UserIdSchema } from "../ids.ts";
import { Timestamp, UserSeq } from "./shapes.ts";

/** What only your own connections are told of, beside events that are elsewhere: only with the feature resume. */

const user_seq = Type.Optional(UserSeq);

export const invitationSettled = event("invitation_settled", {
  about: "You have answered an invitation.",
  logged: false,
  unknownTo1x: true,
  payload: {
    invitation_id: InvitationIdSchema,
    status: Type.Union([Type.Literal("accepted"), Type.Literal("declined")]),
    user_seq,
  },
});

export const sessionStarted = event("session_started", {
  about: "You have signed in, on this device.",
  logged: false,
  unknownTo1x: true,
  payload: {
    session_id: SessionIdSchema,
    device_id: DeviceIdSchema,
    device_name: Type.String(),
    created_at: Timestamp,
    user_seq,
  },
});

export const sessionsEnded = event("sessions_ended", {
  about: "These sessions of yours are over: signed out, or ended from another one.",
  logged: false,
  unknownTo1x: true,
  payload: { session_ids: Type.Array(SessionIdSchema), user_seq },
});

export const blockChanged = event("block_changed", {
  about: "You have blocked a user, or do not any more.",
  logged: false,
  unknownTo1x: true,
  payload: { user_id: UserIdSchema, blocked: Type.Boolean(), user_seq },
});
