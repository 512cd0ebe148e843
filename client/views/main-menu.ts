import { openRoom, roomIdOf } from "../slash/open-room.ts";
import type { ScreenName } from "../slash/slash-command.ts";
import type { Conversation, State } from "../store/state.ts";
import { openAdmin } from "./admin/admin-menu.ts";
import { openAdminRooms } from "./admin/admin-rooms.ts";
import { openAdminUsers } from "./admin/admin-users.ts";
import { openInviteForm } from "./admin/invite-form.ts";
import { openNotice } from "./admin/notice-form.ts";
import { openServerInvites } from "./admin/server-invites.ts";
import { openBlockedUsers } from "./dialogs/blocked-users.ts";
import { openCreateRoom } from "./dialogs/create-room.ts";
import { type Dialog, type MenuItem, noDialog } from "./dialogs/dialog.ts";
import { openMenu } from "./dialogs/menu-dialog.ts";
import { openInvitations, openSwitcher } from "./dialogs/open-dialog.ts";
import { openPassword } from "./dialogs/password.ts";
import { openProfile } from "./dialogs/profile.ts";
import { openSentInvitations } from "./dialogs/sent-invitations.ts";
import { openManageMembers } from "./members/manage-members.ts";
import { openRoomBans } from "./rooms/room-bans.ts";
import { openRoomSettings } from "./rooms/room-settings-form.ts";
import { type Screen, say } from "./screen.ts";

type Open = (screen: Screen, back: Dialog) => void;

const forRoom =
  (open: (screen: Screen, room: Conversation, back: Dialog) => void): Open =>
  (screen, back) => {
    const room = openRoom(screen.store.get());
    if (room !== undefined) return open(screen, room, back);
    say(screen, { severity: "error", text: "Go to a room that you are in first." });
  };

/** Everything that opens in place of the conversation, by the name that commands and keys call it. */
const openers: Readonly<Record<ScreenName, Open>> = {
  menu: openMainMenu,
  members: forRoom((screen, room, back) =>
    openManageMembers(screen, { id: roomIdOf(room), title: room.title }, back),
  ),
  settings: forRoom((screen, room, back) => openRoomSettings(screen, roomIdOf(room), back)),
  bans: forRoom((screen, room, back) =>
    openRoomBans(screen, { id: roomIdOf(room), title: room.title }, back),
  ),
  invitations: (screen) => {
    openInvitations(screen);
    void screen.actions.loadInvitations();
  },
  sent: openSentInvitations,
  blocked: openBlockedUsers,
  profile: openProfile,
  password: openPassword,
  admin: openAdmin,
  users: openAdminUsers,
  rooms: openAdminRooms,
  notice: openNotice,
  invite: openInviteForm,
  invites: openServerInvites,
};

/** Opens one of the screens; Escape leads back to `back`. */
export const showScreen = (screen: Screen, name: ScreenName, back: Dialog = noDialog): void =>
  openers[name](screen, back);

interface Entry {
  readonly letter: string;
  readonly label: string;
  readonly hint: string;
  readonly opens: ScreenName;
  /** Left out where it is false. */
  isOffered(state: State): boolean;
}

const always = (): boolean => true;
const inRoom = (state: State): boolean => openRoom(state) !== undefined;
const keepsOrder = (state: State): boolean => {
  const role = openRoom(state)?.role;
  return role === "owner" || role === "moderator";
};

const entries: readonly Entry[] = [
  {
    letter: "m",
    label: "Members of this room…",
    hint: "/manage",
    opens: "members",
    isOffered: inRoom,
  },
  {
    letter: "s",
    label: "Settings of this room…",
    hint: "/settings",
    opens: "settings",
    isOffered: inRoom,
  },
  {
    letter: "b",
    label: "Who is banned from this room…",
    hint: "/bans",
    opens: "bans",
    isOffered: keepsOrder,
  },
  {
    letter: "i",
    label: "Invitations to you…",
    hint: "/invitations",
    opens: "invitations",
    isOffered: always,
  },
  {
    letter: "t",
    label: "Invitations you sent…",
    hint: "/sent",
    opens: "sent",
    isOffered: always,
  },
  {
    letter: "p",
    label: "Your profile and e-mail…",
    hint: "/profile",
    opens: "profile",
    isOffered: always,
  },
  {
    letter: "w",
    label: "Change your password…",
    hint: "/password",
    opens: "password",
    isOffered: always,
  },
  {
    letter: "k",
    label: "People you block…",
    hint: "/blocked",
    opens: "blocked",
    isOffered: always,
  },
  {
    letter: "a",
    label: "Administration of the server…",
    hint: "/admin",
    opens: "admin",
    isOffered: ({ me }) => me?.role === "admin",
  },
];

/** Opens the list of what can be done here. */
function openMainMenu(screen: Screen, back: Dialog): void {
  const state = screen.store.get();
  const items = entries
    .filter((entry) => entry.isOffered(state))
    .map(({ opens, letter, label, hint }): MenuItem => {
      const run = () => showScreen(screen, opens, screen.ui.get().dialog);
      return { letter, label, hint, run };
    });
  const find: MenuItem = {
    letter: "g",
    label: "Go to a room or a person…",
    hint: "/rooms, /users",
    run: () => openSwitcher(screen, "all"),
  };
  const create: MenuItem = {
    letter: "n",
    label: "Create a new room…",
    hint: "/create",
    run: () => openCreateRoom(screen, ""),
  };
  openMenu(screen, { title: "What do you want to do?", items: [find, create, ...items], back });
}
