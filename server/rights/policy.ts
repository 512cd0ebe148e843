import type { ErrorCode } from "@lair-chat/protocol/errors.ts";

/**
 * Who may do what in a conversation, and what everybody else is told. Nothing else in the server
 * decides that. Whoever has not signed in does not get as far as here.
 */

/** What somebody is to a room. Whoever has left it is a stranger again. */
export type Standing = "stranger" | "banned" | "member" | "moderator" | "owner";

/** `yes`, or the error that is answered; `missing` is whatever there is to say when nothing is there. */
export type Answer = "yes" | "missing" | ErrorCode;

/** By standing, in the order of the columns. An admin may do what the last one allows, whatever he is to the room. */
export type Row = readonly [
  stranger: Answer,
  banned: Answer,
  member: Answer,
  moderator: Answer,
  owner: Answer,
  admin: "yes" | "same",
];

const yes = "yes";
const missing = "missing";
/** As anybody else of his standing. */
const same = "same";
const no = "permission_denied";
const out = "not_room_member";
const bar = "room_banned";
const inn = "already_member";
const author = "not_message_author";
const other = "not_invitee";
const mute = "room_moderated";

// biome-ignore format: it is read by its columns
/** Public rooms, and private ones for those who are in them. */
export const rooms = {
  //                          stranger  banned  member  moderator  owner   admin
  "room.see":                 [yes,      yes,    yes,    yes,       yes,    same],
  "room.join":                [yes,      bar,    inn,    inn,       inn,    same],
  "room.enter_invited":       [yes,      bar,    inn,    inn,       inn,    same],
  "room.leave":               [out,      out,    yes,    yes,       yes,    same],
  /** The log, messages, members; typing; marking as read. */
  "conversation.read":        [out,      out,    yes,    yes,       yes,    same],
  "conversation.write":       [out,      out,    yes,    yes,       yes,    same],
  "room.update":              [out,      out,    no,     no,        yes,    yes],
  /** What members may read of what was said before they came. */
  "room.set_history":         [out,      out,    no,     no,        yes,    same],
  "room.delete":              [out,      out,    no,     no,        yes,    same],
  "room.force_delete":        [no,       no,     no,     no,        no,     yes],
  "room.set_role":            [out,      out,    no,     no,        yes,    same],
  "room.transfer":            [out,      out,    no,     no,        yes,    same],
  "room.invite":              [out,      out,    no,     yes,       yes,    same],
  "room.list_bans":           [out,      out,    no,     yes,       yes,    same],
  "room.unban":               [out,      out,    no,     yes,       yes,    same],
  /** Removing and banning alike, by what the other one is to the room. */
  "room.remove_outsider":     [out,      out,    no,     yes,       yes,    same],
  "room.remove_member":       [out,      out,    no,     yes,       yes,    same],
  "room.remove_moderator":    [out,      out,    no,     no,        yes,    same],
  "room.remove_owner":        [out,      out,    no,     no,        yes,    same],

  "message.edit_own":         [out,      out,    yes,    yes,       yes,    same],
  "message.edit_others":      [author,   author, author, author,    author, same],
  "message.delete_own":       [no,       no,     yes,    yes,       yes,    yes],
  "message.delete_others":    [no,       no,     no,     yes,       yes,    yes],

  /** Accepting and declining, by whom it is for. */
  "invitation.answer_own":    [yes,      yes,    yes,    yes,       yes,    same],
  "invitation.answer_others": [other,    other,  other,  other,     other,  same],
  /** By who sent it. */
  "invitation.cancel_own":    [yes,      yes,    yes,    yes,       yes,    same],
  "invitation.cancel_others": [no,       no,     no,     yes,       yes,    same],
} as const satisfies Record<string, Row>;

export type Action = keyof typeof rooms;

// biome-ignore format: it is read by its columns
/** What is different in a moderated room. */
export const moderatedRooms: Partial<Record<Action, Row>> = {
  //                          stranger  banned  member  moderator  owner   admin
  "conversation.write":       [out,      out,    mute,   yes,       yes,    same],
  "message.edit_own":         [out,      out,    mute,   yes,       yes,    same],
};

type OutsideRow = readonly [stranger: Answer, banned: Answer, admin: "yes" | "same"];

// biome-ignore format: it is read by its columns
/** All that those outside a private room can do about it. Nothing else that they ask for is there. */
export const outsidePrivateRooms: Partial<Record<Action, OutsideRow>> = {
  //                          stranger  banned   admin
  "room.enter_invited":       [yes,      bar,     same],
  "invitation.answer_own":    [yes,      yes,     same],
  "room.force_delete":        [missing,  missing, yes],
};

/** In a direct conversation two people are equal, and nobody else knows that there is one. */
export const directConversations: Partial<Record<Action, Answer>> = {
  "conversation.read": yes,
  "conversation.write": yes,
  "message.edit_own": yes,
  "message.edit_others": author,
  "message.delete_own": yes,
  "message.delete_others": no,
};
