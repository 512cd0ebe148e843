import type { RoomId } from "@lair-chat/protocol/ids.ts";
import type { RoomRole } from "@lair-chat/protocol/messages/shapes.ts";
import { roomKey } from "../../store/conversation.ts";
import type { Conversation, Member, State } from "../../store/state.ts";
import { type SafeText, safe, safeText } from "../../text/safe-text.ts";
import type { Dialog, LiveRows, PanelRow } from "../dialogs/dialog.ts";
import { openPanel } from "../dialogs/panel-dialog.ts";
import { signOfPresence } from "../rooms/sidebar-rows.ts";
import type { Screen } from "../screen.ts";
import { openMember } from "./member-menu.ts";
import { byRoleAndName } from "./member-order.ts";

interface Room {
  readonly id: RoomId;
  /** Raw: pass it through safeText. */
  readonly title: string;
}

/** Opens the list of a room's members, to do something about one of them. */
export function openManageMembers(screen: Screen, room: Room, back: Dialog): void {
  openPanel(
    screen,
    {
      title: `Members of #${room.title}`,
      empty: "Nobody is in this room.",
      enter: "choose",
      isSearchable: true,
      source: {
        kind: "live",
        rows: (state, wanted) => liveRows(screen, state, room, wanted),
        load: () => void screen.actions.loadMembers(room.id),
      },
    },
    back,
  );
}

function liveRows(screen: Screen, state: State, room: Room, wanted: string): LiveRows {
  const conversation = state.conversations.get(roomKey(room.id));
  if (conversation === undefined || !conversation.joined) {
    return { state: "failed", message: "You are not in this room any more." };
  }
  const { members } = conversation;
  if (members.state === "failed") return members;
  if (members.state !== "known") return { state: "loading" };
  const part = wanted.trim().toLowerCase();
  const rows = byRoleAndName(members.list)
    .filter(({ username }) => username.toLowerCase().includes(part))
    .map((member) => rowOf(screen, conversation, member));
  return { state: "known", rows };
}

const roleWords: Readonly<Record<RoomRole, SafeText>> = {
  owner: safe`owner`,
  moderator: safe`moderator`,
  member: safe`member`,
};

function rowOf(screen: Screen, room: Conversation, member: Member): PanelRow {
  return {
    key: member.id,
    draw: () => {
      const { me, people } = screen.store.get();
      const sign = signOfPresence(people.get(member.id)?.online === true);
      const you = member.id === me?.id ? safe` (you)` : safe``;
      return {
        left: safe`${sign} ${safeText(member.username, { maxLength: 100 })}${you}`,
        right: roleWords[member.role],
      };
    },
    open: (panel) => openMember(screen, { room, member, panel }),
  };
}
