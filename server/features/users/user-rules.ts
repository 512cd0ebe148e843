import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { UserId } from "@lair-chat/protocol/ids.ts";
import type { Role, User } from "@lair-chat/protocol/messages/shapes.ts";

/** Names that would be taken for the server or its people. */
const reservedNames = [
  "admin",
  "administrator",
  "administration",
  "sysadmin",
  "superuser",
  "root",
  "system",
  "server",
  "lair",
  "lair-chat",
  "support",
  "helpdesk",
  "security",
  "moderator",
  "mod",
  "operator",
  "owner",
  "staff",
  "official",
  "service",
  "bot",
  "daemon",
  "postmaster",
  "webmaster",
  "abuse",
  "anonymous",
  "guest",
  "nobody",
  "unknown",
  "deleted",
  "everyone",
  "everybody",
  "here",
  "all",
  "channel",
  "room",
  "you",
  "null",
  "undefined",
] as const;

const lookAlikes: readonly (readonly [RegExp, string])[] = [
  [/[-_]/g, ""],
  [/0/g, "o"],
  [/[1i]/g, "l"],
  [/3/g, "e"],
  [/4/g, "a"],
  [/5/g, "s"],
  [/7/g, "t"],
  [/8/g, "b"],
  [/9/g, "g"],
  [/rn/g, "m"],
  [/vv/g, "w"],
];

const reservedSkeletons: ReadonlySet<string> = new Set(reservedNames.map(skeleton));

/** What makes two user names the same name. */
export function usernameKey(username: string): string {
  return username.normalize("NFC").toLowerCase();
}

/** What makes two e-mail addresses the same address. */
export function emailKey(email: string): string {
  return email.normalize("NFC").toLowerCase();
}

/** What is left of a name when everything is folded that looks alike in some font. */
export function skeleton(username: string): string {
  return lookAlikes.reduce(
    (folded, [shape, plain]) => folded.replace(shape, plain),
    usernameKey(username),
  );
}

export function isReserved(username: string): boolean {
  return reservedSkeletons.has(skeleton(username));
}

/** Shape is the protocol's to check; this is what remains. @throws ChatError `username_invalid` */
export function checkUsername(username: string): void {
  if (!isReserved(username)) return;
  throw new ChatError("username_invalid", {
    message: "That user name is reserved, or looks like one that is. Choose another.",
    details: { field: "username", reason: "reserved" },
  });
}

/** As much of a stored user as goes out. */
export interface UserFacts {
  readonly id: UserId;
  readonly username: string;
  readonly email: string | null;
  readonly role: Role;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly lastSeenAt: number | null;
}

/** Who will read it. */
export interface Viewer {
  readonly userId: UserId;
  readonly role: Role;
}

/** A user as `viewer` may see it: the e-mail address is its owner's and the admins', last_seen_at its owner's. */
export function toWireUser(user: UserFacts, viewer: Viewer): User {
  const isOwn = user.id === viewer.userId;
  const seesEmail = isOwn || viewer.role === "admin";
  return {
    id: user.id,
    username: user.username,
    email: seesEmail ? (user.email ?? "") : "",
    role: user.role,
    created_at: toTimestamp(user.createdAt),
    updated_at: toTimestamp(user.updatedAt),
    last_seen_at: isOwn && user.lastSeenAt !== null ? toTimestamp(user.lastSeenAt) : null,
  };
}

function toTimestamp(ms: number): string {
  return new Date(ms).toISOString();
}
