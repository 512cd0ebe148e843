import { type TSchema, Type } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import {
  defaulted,
  ErrorInfo,
  Flag,
  Invitation,
  listOf,
  Membership,
  Message,
  Room,
  RoomListItem,
  RoomMember,
  shape,
  Text,
  Time,
  U32,
  U64,
  User,
  Uuid,
} from "./rust-client-shapes.ts";

const signedIn = shape({ user: User, session: shape({ id: Uuid, expires_at: Time }), token: Text });

/** What the client of 0.8.0 asks for over HTTP, and what it must find in a good answer to it. */
export const knownBodies = {
  "POST /auth/login": signedIn,
  "POST /auth/register": signedIn,
  "POST /auth/logout": Type.Unknown(),
  "GET /rooms": shape({ rooms: listOf(RoomListItem), has_more: Flag, total_count: U64 }),
  "POST /rooms": shape({ room: Room }),
  "POST /rooms/:room_id/join": shape({ room: Room }),
  "GET /rooms/:room_id/members": shape({ members: listOf(RoomMember), total: U32 }),
  "PUT /rooms/:room_id/members/:user_id/role": shape({ member: RoomMember }),
  "DELETE /rooms/:room_id/members/:user_id": Type.Unknown(),
  "GET /users": shape({
    users: listOf(shape({ user: User, online: Flag })),
    has_more: Flag,
    total_count: U32,
  }),
  "GET /messages": shape({ messages: listOf(Message), has_more: Flag }),
  "GET /invitations": shape({ invitations: listOf(Invitation), has_more: defaulted(Flag) }),
  "POST /invitations": shape({ invitation: Invitation }),
  "POST /invitations/:invitation_id/accept": shape({ membership: Membership, room: Room }),
  "POST /invitations/:invitation_id/decline": shape({ success: defaulted(Flag) }),
} as const satisfies Readonly<Record<string, TSchema>>;

const refusal = shape({ error: ErrorInfo });

interface Known {
  readonly pattern: RegExp;
  readonly validator: Validator;
}

const known: readonly Known[] = Object.entries(knownBodies).map(([route, schema]) => ({
  pattern: new RegExp(`^${route.replaceAll(/:\w+/g, "[^/]+")}$`),
  validator: Compile(schema) as Validator,
}));
const refused = Compile(refusal) as Validator;

export interface Exchange {
  readonly method: string;
  /** Below /api/v1, perhaps with a query. */
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}

/** Why the client of 0.8.0 could not read this answer; undefined when it could, or never asks for it. */
export function whyUnreadableBody({ method, path, status, body }: Exchange): string | undefined {
  const [address = ""] = path.split("?");
  const asked = known.find(({ pattern }) => pattern.test(`${method} ${address}`));
  const validator = status < 300 ? asked?.validator : refused;
  const [first] = validator?.Errors(body) ?? [];
  return first === undefined ? undefined : `${first.instancePath} ${first.message}`;
}
