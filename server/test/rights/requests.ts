import type { UserId } from "@lair-chat/protocol/ids.ts";
import type { CommandName } from "@lair-chat/protocol/registry.ts";
import { invite } from "../scenarios/room-steps.ts";
import type { Cast, Place } from "./places.ts";
import type { Standing } from "./policy-table.ts";
import type { RawParams } from "./transports.ts";

export interface Asked {
  readonly cast: Cast;
  readonly place: Place;
  readonly who: Standing;
}

/** What a row of the tables asks for. */
export interface Request {
  readonly command: CommandName;
  readonly params: (asked: Asked) => RawParams | Promise<RawParams>;
  /** Of a list: how what the table is about would stand in it. */
  readonly needle?: (place: Place) => string;
  /** Leaves everything as it is, so that others can ask about the same place. */
  readonly isHarmless?: true;
}

const target = ({ place }: Asked) => ({ type: "room", room_id: place.roomId });
const room = ({ place }: Asked) => ({ room_id: place.roomId });
const on = (name: keyof Place["targets"]) => (asked: Asked) => ({
  ...room(asked),
  user_id: asked.place.targets[name],
});
const withTarget =
  (more: RawParams = {}) =>
  (asked: Asked) => ({ target: target(asked), ...more });

/** The message of the one who asks, or of one who does not. */
const ownMessage = ({ place, who }: Asked) => ({
  message_id: who === "anonymous" ? place.messages.member : place.messages[who],
});
const anothersMessage = ({ place }: Asked) => ({ message_id: place.messages.peer });

async function ownInvitation({ cast, place, who }: Asked): Promise<RawParams> {
  if (who === "anonymous") return { invitation_id: place.invitationId };
  const { id } = await invite(cast.owner, place.roomId, cast[who]);
  return { invitation_id: id };
}
const guestsInvitation = ({ place }: Asked) => ({ invitation_id: place.invitationId });

const oneself = (asked: Asked) => {
  const { cast, who } = asked;
  const userId: UserId = who === "anonymous" ? cast.peer.id : cast[who].id;
  return { ...room(asked), user_id: userId };
};

const harmless = { isHarmless: true } as const;
const roomNeedle = { needle: ({ roomId }: Place) => roomId as string, ...harmless };

export const requests: Readonly<Record<string, Request>> = {
  get_room: { command: "get_room", params: room, ...harmless },
  list_rooms: { command: "list_rooms", params: () => ({ limit: 100 }), ...roomNeedle },
  list_conversations: {
    command: "list_conversations",
    params: () => ({ limit: 100 }),
    ...roomNeedle,
  },
  list_invitations: { command: "list_invitations", params: () => ({ limit: 100 }), ...roomNeedle },
  join_room: { command: "join_room", params: room },
  leave_room: { command: "leave_room", params: room },
  get_room_members: { command: "get_room_members", params: room, ...harmless },
  get_messages: { command: "get_messages", params: withTarget(), ...harmless },
  get_log: { command: "get_log", params: withTarget(), ...harmless },
  mark_messages_read: {
    command: "mark_messages_read",
    params: withTarget({ up_to: 1 }),
    ...harmless,
  },
  typing: { command: "typing", params: withTarget(), ...harmless },
  send_message: { command: "send_message", params: withTarget({ content: "hi" }), ...harmless },
  "edit own message": {
    command: "edit_message",
    params: (asked) => ({ ...ownMessage(asked), content: "other" }),
    ...harmless,
  },
  "edit another's message": {
    command: "edit_message",
    params: (asked) => ({ ...anothersMessage(asked), content: "other" }),
  },
  "delete own message": { command: "delete_message", params: ownMessage },
  "delete another's message": { command: "delete_message", params: anothersMessage },
  update_room: {
    command: "update_room",
    params: (asked) => ({ ...room(asked), description: asked.who }),
    ...harmless,
  },
  "hide the past": {
    command: "update_room",
    params: (asked) => ({ ...room(asked), settings: { history: "joined" } }),
  },
  "show the past": {
    command: "update_room",
    params: (asked) => ({ ...room(asked), settings: { history: "shared" } }),
  },
  delete_room: { command: "delete_room", params: room },
  admin_delete_room: { command: "admin_delete_room", params: room },
  update_member_role: {
    command: "update_member_role",
    params: (asked) => ({ ...on("peer")(asked), role: "moderator" }),
  },
  transfer_ownership: { command: "transfer_ownership", params: on("peer") },
  "remove a member": { command: "remove_member", params: on("peer") },
  "remove a moderator": { command: "remove_member", params: on("deputy") },
  "remove an owner": { command: "remove_member", params: on("partner") },
  "ban a member": { command: "ban_member", params: on("peer") },
  "ban a moderator": { command: "ban_member", params: on("deputy") },
  "ban an owner": { command: "ban_member", params: on("partner") },
  "ban an outsider": { command: "ban_member", params: on("outsider") },
  "ban oneself": { command: "ban_member", params: oneself },
  unban_member: { command: "unban_member", params: on("outsider"), ...harmless },
  list_bans: { command: "list_bans", params: room, ...harmless },
  invite_to_room: { command: "invite_to_room", params: on("outsider") },
  "accept own invitation": { command: "accept_invitation", params: ownInvitation },
  "decline own invitation": { command: "decline_invitation", params: ownInvitation },
  "accept another's": { command: "accept_invitation", params: guestsInvitation },
  "decline another's": { command: "decline_invitation", params: guestsInvitation },
  "cancel an invitation": { command: "cancel_invitation", params: guestsInvitation },
};

/** A direct conversation is named by the other one, and in lists too. */
export const directRequests: typeof requests = {
  ...requests,
  list_conversations: {
    command: "list_conversations",
    params: () => ({ limit: 100 }),
    needle: ({ targets }) => targets.peer,
    isHarmless: true,
  },
  "read with the other": {
    command: "get_log",
    params: ({ place }) => ({ target: { type: "dm", recipient: place.targets.peer } }),
    needle: ({ messages }) => messages.peer ?? "nothing was said",
    isHarmless: true,
  },
};
