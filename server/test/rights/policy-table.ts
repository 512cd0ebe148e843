import type { ErrorCode } from "@lair-chat/protocol/errors.ts";

/**
 * What the server is to answer, written down a second time and by hand: by what was asked, and by
 * what the one who asked is to the room. `-` is for what cannot be.
 */

const words = {
  yes: "yes",
  /** In lists: whether it stands in there. */
  shown: "shown",
  unseen: "unseen",
  "sign-in": "unauthorized",
  "no-room": "room_not_found",
  "no-message": "message_not_found",
  "no-invitation": "invitation_not_found",
  outside: "not_room_member",
  inside: "already_member",
  denied: "permission_denied",
  banned: "room_banned",
  muted: "room_moderated",
  "not-mine": "not_message_author",
  "not-for-me": "not_invitee",
} as const satisfies Record<string, ErrorCode | "yes" | "shown" | "unseen">;

export type Expected = (typeof words)[keyof typeof words];

export const standings = [
  "anonymous",
  "stranger",
  "ex-member",
  "banned",
  "member",
  "moderator",
  "owner",
  "admin",
] as const;

export type Standing = (typeof standings)[number];

export const publicRoom = `
                           | anonymous  stranger    ex-member   banned      member      moderator   owner       admin
get_room                   | sign-in    yes         yes         yes         yes         yes         yes         yes
list_rooms                 | sign-in    shown       shown       shown       shown       shown       shown       shown
list_conversations         | sign-in    unseen      unseen      unseen      shown       shown       shown       unseen
list_invitations           | sign-in    unseen      unseen      unseen      unseen      unseen      unseen      unseen

join_room                  | sign-in    yes         yes         banned      inside      inside      inside      yes
leave_room                 | sign-in    outside     outside     outside     yes         yes         yes         outside
get_room_members           | sign-in    outside     outside     outside     yes         yes         yes         outside
get_messages               | sign-in    outside     outside     outside     yes         yes         yes         outside
get_log                    | sign-in    outside     outside     outside     yes         yes         yes         outside
mark_messages_read         | sign-in    outside     outside     outside     yes         yes         yes         outside
typing                     | sign-in    outside     outside     outside     yes         yes         yes         outside
send_message               | sign-in    outside     outside     outside     yes         yes         yes         outside

edit own message           | sign-in    -           outside     outside     yes         yes         yes         -
edit another's message     | sign-in    not-mine    not-mine    not-mine    not-mine    not-mine    not-mine    not-mine
delete own message         | sign-in    -           denied      denied      yes         yes         yes         -
delete another's message   | sign-in    denied      denied      denied      denied      yes         yes         yes

update_room                | sign-in    outside     outside     outside     denied      denied      yes         yes
hide the past              | sign-in    outside     outside     outside     denied      denied      yes         outside
delete_room                | sign-in    outside     outside     outside     denied      denied      yes         outside
admin_delete_room          | sign-in    denied      denied      denied      denied      denied      denied      yes
update_member_role         | sign-in    outside     outside     outside     denied      denied      yes         outside
transfer_ownership         | sign-in    outside     outside     outside     denied      denied      yes         outside

remove a member            | sign-in    outside     outside     outside     denied      yes         yes         outside
remove a moderator         | sign-in    outside     outside     outside     denied      denied      yes         outside
remove an owner            | sign-in    outside     outside     outside     denied      denied      yes         outside
ban a member               | sign-in    outside     outside     outside     denied      yes         yes         outside
ban a moderator            | sign-in    outside     outside     outside     denied      denied      yes         outside
ban an owner               | sign-in    outside     outside     outside     denied      denied      yes         outside
ban an outsider            | sign-in    outside     outside     outside     denied      yes         yes         outside
ban oneself                | sign-in    outside     outside     outside     denied      denied      denied      outside
unban_member               | sign-in    outside     outside     outside     denied      yes         yes         outside
list_bans                  | sign-in    outside     outside     outside     denied      yes         yes         outside

invite_to_room             | sign-in    outside     outside     outside     denied      yes         yes         outside
accept own invitation      | sign-in    yes         yes         -           -           -           -           yes
decline own invitation     | sign-in    yes         yes         -           -           -           -           yes
accept another's           | sign-in    not-for-me  not-for-me  not-for-me  not-for-me  not-for-me  not-for-me  not-for-me
decline another's          | sign-in    not-for-me  not-for-me  not-for-me  not-for-me  not-for-me  not-for-me  not-for-me
cancel an invitation       | sign-in    denied      denied      denied      denied      yes         yes         denied
`;

/** A public room in which only moderators and owners may write: what is different. */
export const moderatedRoom = `
                           | anonymous  stranger    ex-member   banned      member      moderator   owner       admin
send_message               | sign-in    outside     outside     outside     muted       yes         yes         outside
edit own message           | sign-in    -           outside     outside     muted       yes         yes         -
delete own message         | sign-in    -           denied      denied      yes         yes         yes         -
get_log                    | sign-in    outside     outside     outside     yes         yes         yes         outside
`;

export const privateRoom = `
                           | anonymous  stranger       ex-member      banned         member      moderator   owner       admin
get_room                   | sign-in    no-room        no-room        no-room        yes         yes         yes         no-room
list_rooms                 | sign-in    unseen         unseen         unseen         shown       shown       shown       unseen
list_conversations         | sign-in    unseen         unseen         unseen         shown       shown       shown       unseen
list_invitations           | sign-in    unseen         unseen         unseen         unseen      unseen      unseen      unseen

join_room                  | sign-in    no-room        no-room        no-room        inside      inside      inside      no-room
leave_room                 | sign-in    no-room        no-room        no-room        yes         yes         yes         no-room
get_room_members           | sign-in    no-room        no-room        no-room        yes         yes         yes         no-room
get_messages               | sign-in    no-room        no-room        no-room        yes         yes         yes         no-room
get_log                    | sign-in    no-room        no-room        no-room        yes         yes         yes         no-room
mark_messages_read         | sign-in    no-room        no-room        no-room        yes         yes         yes         no-room
typing                     | sign-in    no-room        no-room        no-room        yes         yes         yes         no-room
send_message               | sign-in    no-room        no-room        no-room        yes         yes         yes         no-room

edit own message           | sign-in    -              no-message     no-message     yes         yes         yes         -
edit another's message     | sign-in    no-message     no-message     no-message     not-mine    not-mine    not-mine    no-message
delete own message         | sign-in    -              no-message     no-message     yes         yes         yes         -
delete another's message   | sign-in    no-message     no-message     no-message     denied      yes         yes         no-message

update_room                | sign-in    no-room        no-room        no-room        denied      denied      yes         no-room
show the past              | sign-in    no-room        no-room        no-room        denied      denied      yes         no-room
delete_room                | sign-in    no-room        no-room        no-room        denied      denied      yes         no-room
admin_delete_room          | sign-in    denied         denied         denied         denied      denied      denied      yes
update_member_role         | sign-in    no-room        no-room        no-room        denied      denied      yes         no-room
transfer_ownership         | sign-in    no-room        no-room        no-room        denied      denied      yes         no-room

remove a member            | sign-in    no-room        no-room        no-room        denied      yes         yes         no-room
remove a moderator         | sign-in    no-room        no-room        no-room        denied      denied      yes         no-room
remove an owner            | sign-in    no-room        no-room        no-room        denied      denied      yes         no-room
ban a member               | sign-in    no-room        no-room        no-room        denied      yes         yes         no-room
ban a moderator            | sign-in    no-room        no-room        no-room        denied      denied      yes         no-room
ban an owner               | sign-in    no-room        no-room        no-room        denied      denied      yes         no-room
ban an outsider            | sign-in    no-room        no-room        no-room        denied      yes         yes         no-room
ban oneself                | sign-in    no-room        no-room        no-room        denied      denied      denied      no-room
unban_member               | sign-in    no-room        no-room        no-room        denied      yes         yes         no-room
list_bans                  | sign-in    no-room        no-room        no-room        denied      yes         yes         no-room

invite_to_room             | sign-in    no-room        no-room        no-room        denied      yes         yes         no-room
accept own invitation      | sign-in    yes            yes            -              -           -           -           yes
decline own invitation     | sign-in    yes            yes            -              -           -           -           yes
accept another's           | sign-in    no-invitation  no-invitation  no-invitation  not-for-me  not-for-me  not-for-me  no-invitation
decline another's          | sign-in    no-invitation  no-invitation  no-invitation  not-for-me  not-for-me  not-for-me  no-invitation
cancel an invitation       | sign-in    no-invitation  no-invitation  no-invitation  denied      yes         yes         no-invitation
`;

/** Of two people, one of whom asks as \`member\`. To anybody else, and as a room, it is not there. */
export const directConversation = `
                           | anonymous  stranger    ex-member   banned      member      moderator   owner       admin
list_conversations         | sign-in    unseen      -           -           shown       -           -           unseen
read with the other        | sign-in    unseen      -           -           shown       -           -           unseen
edit own message           | sign-in    -           -           -           yes         -           -           -
edit another's message     | sign-in    no-message  -           -           not-mine    -           -           no-message
delete own message         | sign-in    -           -           -           yes         -           -           -
delete another's message   | sign-in    no-message  -           -           denied      -           -           no-message

get_room                   | sign-in    no-room     -           -           no-room     -           -           no-room
join_room                  | sign-in    no-room     -           -           no-room     -           -           no-room
leave_room                 | sign-in    no-room     -           -           no-room     -           -           no-room
get_room_members           | sign-in    no-room     -           -           no-room     -           -           no-room
get_messages               | sign-in    no-room     -           -           no-room     -           -           no-room
get_log                    | sign-in    no-room     -           -           no-room     -           -           no-room
mark_messages_read         | sign-in    no-room     -           -           no-room     -           -           no-room
typing                     | sign-in    no-room     -           -           no-room     -           -           no-room
send_message               | sign-in    no-room     -           -           no-room     -           -           no-room
update_room                | sign-in    no-room     -           -           no-room     -           -           no-room
delete_room                | sign-in    no-room     -           -           no-room     -           -           no-room
admin_delete_room          | sign-in    denied      -           -           denied      -           -           no-room
update_member_role         | sign-in    no-room     -           -           no-room     -           -           no-room
transfer_ownership         | sign-in    no-room     -           -           no-room     -           -           no-room
remove a member            | sign-in    no-room     -           -           no-room     -           -           no-room
ban a member               | sign-in    no-room     -           -           no-room     -           -           no-room
unban_member               | sign-in    no-room     -           -           no-room     -           -           no-room
list_bans                  | sign-in    no-room     -           -           no-room     -           -           no-room
invite_to_room             | sign-in    no-room     -           -           no-room     -           -           no-room
`;

export interface PolicyCell {
  readonly what: string;
  readonly who: Standing;
  readonly expected: Expected;
}

/** The cells of a table that say something. */
export function cellsOf(table: string): readonly PolicyCell[] {
  const [head, ...lines] = table.split("\n").filter((line) => line.trim() !== "");
  if (head?.replace("|", "").trim().split(/\s+/).join() !== standings.join()) {
    throw new Error(`the columns are ${standings.join(" ")}, and not ${head}`);
  }
  return lines.flatMap((line) => cellsOfLine(line));
}

function cellsOfLine(line: string): readonly PolicyCell[] {
  const [what = "", row = ""] = line.split("|").map((part) => part.trim());
  const cells = row.split(/\s+/);
  if (cells.length !== standings.length) throw new Error(`a cell is missing: ${line}`);
  return standings.flatMap((who, index) => {
    const word = cells[index] ?? "";
    if (word === "-") return [];
    if (!Object.hasOwn(words, word)) throw new Error(`what is ${word}? ${line}`);
    return [{ what, who, expected: words[word as keyof typeof words] }];
  });
}
