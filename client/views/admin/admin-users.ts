import type { Role } from "@lair-chat/protocol/messages/shapes.ts";
import type { ListedUser } from "../../actions/actions.ts";
import { safe, safeText } from "../../text/safe-text.ts";
import {
  type Dialog,
  type MenuItem,
  noDialog,
  type PanelDialog,
  type PanelRow,
} from "../dialogs/dialog.ts";
import { mapPage } from "../dialogs/map-page.ts";
import { carryOut, confirm, goBack, openMenu } from "../dialogs/menu-dialog.ts";
import { showDialog } from "../dialogs/open-dialog.ts";
import { openPanel } from "../dialogs/panel-dialog.ts";
import { signOfPresence } from "../rooms/sidebar-rows.ts";
import type { Screen } from "../screen.ts";
import { openBanForm } from "./ban-form.ts";

/** Opens the list of everybody who has an account. */
export function openAdminUsers(screen: Screen, back: Dialog): void {
  openPanel(
    screen,
    {
      title: "Users of this server",
      empty: "There is nobody.",
      enter: "choose",
      isSearchable: true,
      source: {
        kind: "paged",
        page: async (wanted, offset) =>
          mapPage(await screen.actions.listUsers(wanted, offset), (user) => rowOf(screen, user)),
      },
    },
    back,
  );
}

const rowOf = (screen: Screen, user: ListedUser): PanelRow => ({
  key: user.id,
  draw: () => ({
    left: safe`${signOfPresence(user.online)} ${safeText(user.username, { maxLength: 100 })}`,
    right: safeText(user.role === "user" ? "" : user.role),
  }),
  open: (panel) => openUser(screen, user, panel),
});

interface About {
  readonly user: ListedUser;
  readonly panel: PanelDialog;
}

function openUser(screen: Screen, user: ListedUser, panel: PanelDialog): void {
  const since = screen.time.dayLabel(Date.parse(user.created_at));
  const isMe = user.id === screen.store.get().me?.id;
  const about = { user, panel };
  openMenu(screen, {
    title: user.username,
    lines: [`${roleNames[user.role]}. Account made: ${since}.`, ...(isMe ? ["That is you."] : [])],
    items: [
      ...(isMe ? [] : [writeItem(screen, about)]),
      ...roles.filter((role) => role !== user.role).map((role) => roleItem(screen, about, role)),
      ...(isMe ? [] : [banItem(screen, about), unbanItem(screen, about)]),
      { letter: "c", label: "Close", run: () => goBack(screen, panel) },
    ],
    back: panel,
  });
}

const roles: readonly Role[] = ["user", "moderator", "admin"];
const roleNames: Readonly<Record<Role, string>> = {
  user: "A plain user",
  moderator: "A moderator of this server",
  admin: "An admin of this server",
};
const roleLetters: Readonly<Record<Role, string>> = { user: "p", moderator: "m", admin: "a" };

const writeItem = (screen: Screen, { user }: About): MenuItem => ({
  letter: "w",
  label: `Write to ${user.username}`,
  hint: "/msg",
  run() {
    showDialog(screen, noDialog);
    screen.actions.openDirect(user.id, user.username);
  },
});

function roleItem(screen: Screen, { user, panel }: About, role: Role): MenuItem {
  const words = roleNames[role].replace(/^A/, "a");
  const set = () =>
    void carryOut(screen, {
      run: () => screen.actions.setUserRole(user.id, role),
      said: `${user.username} is ${words} now.`,
      back: panel,
    });
  const ask = () =>
    confirm(screen, {
      title: `Make ${user.username} ${words}?`,
      warning: "Admins can ban anybody, delete any room, and take your own role away.",
      yes: `Yes, ${user.username} is to be an admin`,
      back: panel,
      run: set,
    });
  return {
    letter: roleLetters[role],
    label: `Make ${user.username} ${words}${role === "admin" ? "…" : ""}`,
    hint: `/admin role NAME ${role}`,
    run: role === "admin" ? ask : set,
  };
}

const banItem = (screen: Screen, { user, panel }: About): MenuItem => ({
  letter: "b",
  label: `Ban ${user.username} from this server…`,
  hint: "/admin ban",
  run: () => openBanForm(screen, user, panel),
});

const unbanItem = (screen: Screen, { user, panel }: About): MenuItem => ({
  letter: "u",
  label: `Lift a ban of ${user.username}`,
  hint: "/admin unban",
  run: () =>
    void carryOut(screen, {
      run: () => screen.actions.unbanUser(user.id),
      said: `${user.username} may use this server.`,
      back: panel,
    }),
});
