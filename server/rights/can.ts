import { ChatError, type ErrorCode } from "@lair-chat/protocol/errors.ts";
import type { Role, RoomRole } from "@lair-chat/protocol/messages/shapes.ts";
import {
  type Action,
  type Answer,
  directConversations,
  moderatedRooms,
  outsidePrivateRooms,
  type Row,
  rooms,
  type Standing,
} from "./policy.ts";

export type { Action } from "./policy.ts";

/** Somebody, as the database has him in this very transaction. */
export interface Actor {
  readonly standing: Standing;
  /** On the server. */
  readonly role: Role;
}

/** What it is about; a message or an invitation is about the conversation it belongs to. */
export type Resource =
  | { readonly kind: "room"; readonly isPrivate: boolean; readonly moderated: boolean }
  | { readonly kind: "dm" };

const columns = { stranger: 0, banned: 1, member: 2, moderator: 3, owner: 4 } as const;
const adminColumn = 5;
const outsideAdminColumn = 2;

// Admins too: a private room is nobody's business but its members'.
const nothingThere = ["missing", "missing", "same"] as const;

const missing: Readonly<Record<string, ErrorCode>> = {
  conversation: "room_not_found",
  room: "room_not_found",
  message: "message_not_found",
  invitation: "invitation_not_found",
};

/** The one decision about rights: `yes`, or what the actor is told instead. Pure. */
export function can(actor: Actor, action: Action, resource: Resource): "yes" | ErrorCode {
  const answer =
    resource.kind === "dm" ? aboutDirect(actor, action) : aboutRoom(actor, action, resource);
  if (answer !== "missing") return answer;
  const [kind = ""] = action.split(".");
  return missing[kind] ?? "not_found";
}

/** @throws ChatError what `can` answers when it is not `yes` */
export function demand(actor: Actor, action: Action, resource: Resource): void {
  const answer = can(actor, action, resource);
  if (answer !== "yes") throw new ChatError(answer);
}

function aboutRoom(
  { standing, role }: Actor,
  action: Action,
  { isPrivate, moderated }: Resource & { readonly kind: "room" },
): Answer {
  if (isPrivate && isOutside(standing)) {
    const outside = outsidePrivateRooms[action] ?? nothingThere;
    return isAllowed(role, outside[outsideAdminColumn]) ? "yes" : outside[columns[standing]];
  }
  const row: Row = (moderated ? moderatedRooms[action] : undefined) ?? rooms[action];
  return isAllowed(role, row[adminColumn]) ? "yes" : row[columns[standing]];
}

function isAllowed(role: Role, asAdmin: "yes" | "same"): boolean {
  return role === "admin" && asAdmin === "yes";
}

function aboutDirect({ standing }: Actor, action: Action): Answer {
  if (isOutside(standing)) return "missing";
  return directConversations[action] ?? "missing";
}

function isOutside(standing: Standing): standing is "stranger" | "banned" {
  return standing === "stranger" || standing === "banned";
}

/** What somebody is to a room, by the rows there are of him. */
export function standingOf(role: RoomRole | undefined, isBanned: boolean): Standing {
  return role ?? (isBanned ? "banned" : "stranger");
}
