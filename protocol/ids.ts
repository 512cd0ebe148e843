import { Type } from "typebox";

declare const brand: unique symbol;
/** A string that is an id of one kind, and not of another. */
export type Branded<Kind extends string> = string & { readonly [brand]: Kind };

export type UserId = Branded<"user">;
export type RoomId = Branded<"room">;
export type MessageId = Branded<"message">;
export type SessionId = Branded<"session">;
export type InvitationId = Branded<"invitation">;
export type RegistrationInviteId = Branded<"registration_invite">;
export type DeviceId = Branded<"device">;
/** One logical send, made by the client before the first try and kept across retries (UUIDv7). */
export type ClientId = Branded<"client">;
/** A room or a direct conversation: the thing that has a log. A room's id is its conversation's id. */
export type ConversationId = Branded<"conversation">;

const uuid = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";

/** The schema of an id; `errorCode` is what a malformed one is answered with. */
function id<Kind extends string>(description: string, errorCode: string) {
  return Type.Unsafe<Branded<Kind>>(
    Type.String({ pattern: uuid, maxLength: 36, description, errorCode }),
  );
}

export const UserIdSchema = id<"user">("User id (UUID)", "user_not_found");
export const RoomIdSchema = id<"room">("Room id (UUID)", "room_not_found");
export const MessageIdSchema = id<"message">("Message id (UUID)", "message_not_found");
export const SessionIdSchema = id<"session">("Session id (UUID)", "session_not_found");
export const DeviceIdSchema = id<"device">(
  "Device id (UUID), made by the installation",
  "validation_failed",
);
export const ClientIdSchema = id<"client">("Id of one logical send (UUIDv7)", "validation_failed");
export const InvitationIdSchema = id<"invitation">("Invitation id (UUID)", "invitation_not_found");
export const RegistrationInviteIdSchema = id<"registration_invite">(
  "Id of an invite to the server (UUID)",
  "invite_not_found",
);
