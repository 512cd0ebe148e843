import { type Static, type TProperties, type TSchema, Type } from "typebox";

/**
 * What the terminal client of Lair Chat 0.8.0 must find in what it is sent, or it cannot read it:
 * written by hand from what its code decodes. Fields it does not know are passed over there, and so
 * here. On TCP it hangs up at the first message that does not fit.
 */

/** May be missing, or null. */
export const option = <T extends TSchema>(schema: T) =>
  Type.Optional(Type.Union([schema, Type.Null()]));
/** May be missing, but is not null. */
export const defaulted = <T extends TSchema>(schema: T) => Type.Optional(schema);

export const Uuid = Type.String({
  pattern: "^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$",
});
export const Time = Type.String({
  pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$",
});
export const Text = Type.String();
export const Flag = Type.Boolean();
export const U32 = Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1 });
export const U64 = Type.Integer({ minimum: 0 });
export const listOf = (item: TSchema) => Type.Array(item);
export const shape = <P extends TProperties>(fields: P) => Type.Object(fields);

export const Target = Type.Union([
  shape({ type: Type.Literal("room"), room_id: Uuid }),
  shape({ type: Type.Literal("dm"), recipient: Uuid }),
]);

export const User = shape({ id: Uuid, username: Text, email: Text, role: Text, created_at: Time });

export const Session = shape({ id: Uuid, expires_at: Time });

export const Message = shape({
  id: Uuid,
  author: Uuid,
  target: Target,
  content: Text,
  edited: Flag,
  created_at: Time,
});

const RoomSettings = shape({
  public: defaulted(Flag),
  max_members: option(U32),
  moderated: defaulted(Flag),
  description: option(Text),
});

export const Room = shape({
  id: Uuid,
  name: Text,
  description: option(Text),
  owner: Uuid,
  settings: RoomSettings,
  created_at: Time,
});

export const Membership = shape({ room_id: Uuid, user_id: Uuid, role: Text, joined_at: Time });

export const RoomListItem = shape({ room: Room, member_count: U64, is_member: Flag });

export const Invitation = shape({
  id: Uuid,
  room_id: Uuid,
  room_name: Text,
  inviter_id: Uuid,
  inviter_name: Text,
  invitee_id: Uuid,
  invitee_name: Text,
  status: Text,
  message: option(Text),
  created_at: Time,
  expires_at: Time,
  responded_at: option(Time),
});

export const RoomMember = shape({
  user_id: Uuid,
  username: Text,
  role: Text,
  joined_at: Time,
  is_online: Flag,
});

export const ErrorInfo = shape({ code: Text, message: Text });
export type ErrorInfo = Static<typeof ErrorInfo>;
