import type { EventOf } from "@lair-chat/protocol/registry.ts";
import type { Conversation, Member, Members, State } from "./state.ts";

type MembershipEvent = EventOf<"user_joined_room"> | EventOf<"user_left_room">;

/** The conversation after somebody came or went; `isMe` when it was ourselves. */
export function withMemberChange(
  conversation: Conversation,
  event: MembershipEvent,
  isMe: boolean,
): Conversation {
  const hasJoined = event.type === "user_joined_room";
  return {
    ...conversation,
    memberCount: Math.max(0, conversation.memberCount + (hasJoined ? 1 : -1)),
    members: changed(conversation.members, event),
    ...(isMe ? { joined: hasJoined } : {}),
    ...(isMe && hasJoined ? { role: event.membership.role } : {}),
  };
}

/** The conversation after somebody became something else in it; `isMe` when it was ourselves. */
export function withRoleChange(
  conversation: Conversation,
  { user_id: who, new_role: role }: EventOf<"member_role_changed">,
  isMe: boolean,
): Conversation {
  const { members } = conversation;
  return {
    ...conversation,
    members: members.state === "known" ? withRole(members.list, who, role) : members,
    ...(isMe ? { role } : {}),
  };
}

const withRole = (list: readonly Member[], who: Member["id"], role: Member["role"]): Members => ({
  state: "known",
  list: list.map((member) => (member.id === who ? { ...member, role } : member)),
});

function changed(members: Members, event: MembershipEvent): Members {
  if (members.state !== "known") return members;
  const who = event.type === "user_joined_room" ? event.user.id : event.user_id;
  const others = members.list.filter(({ id }) => id !== who);
  return { state: "known", list: [...others, ...joinedMember(event)] };
}

function joinedMember(event: MembershipEvent): readonly Member[] {
  if (event.type === "user_left_room") return [];
  const { user, membership } = event;
  return [{ id: user.id, username: user.username, role: membership.role }];
}

/** The state with no member list: while the connection was gone they have gone stale. */
export function withoutMemberLists(state: State): State {
  const known = [...state.conversations.values()].filter(({ members }) => isAnswer(members));
  if (known.length === 0) return state;
  const conversations = new Map(state.conversations);
  for (const conversation of known) {
    conversations.set(conversation.key, { ...conversation, members: { state: "unknown" } });
  }
  return { ...state, conversations };
}

const isAnswer = ({ state }: Members): boolean => state === "known" || state === "failed";
