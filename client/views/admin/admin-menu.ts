import type { ServerStats } from "../../actions/actions.ts";
import type { Dialog } from "../dialogs/dialog.ts";
import { openMenu, showLoaded } from "../dialogs/menu-dialog.ts";
import type { Screen } from "../screen.ts";
import { openAdminRooms } from "./admin-rooms.ts";
import { openAdminUsers } from "./admin-users.ts";
import { openInviteForm } from "./invite-form.ts";
import { openNotice } from "./notice-form.ts";
import { openServerInvites } from "./server-invites.ts";

/** Opens what admins of the server see and do; to anybody else the server's refusal is shown. */
export function openAdmin(screen: Screen, back: Dialog): void {
  void showLoaded(screen, {
    title: "Administration",
    back,
    load: () => screen.actions.stats(),
    show: (stats) => show(screen, stats, back),
  });
}

function show(screen: Screen, stats: ServerStats, back: Dialog): void {
  const here = () => screen.ui.get().dialog;
  openMenu(screen, {
    title: `Administration of ${screen.about.server}`,
    lines: statsLines(stats),
    items: [
      {
        letter: "u",
        label: "Users: roles, bans…",
        hint: "/admin users",
        run: () => openAdminUsers(screen, here()),
      },
      {
        letter: "r",
        label: "Rooms: settings, deleting…",
        hint: "/admin rooms",
        run: () => openAdminRooms(screen, here()),
      },
      {
        letter: "i",
        label: "Invite somebody to the server…",
        hint: "/admin invite",
        run: () => openInviteForm(screen, here()),
      },
      {
        letter: "v",
        label: "Invites that were made…",
        hint: "/admin invites",
        run: () => openServerInvites(screen, here()),
      },
      {
        letter: "n",
        label: "Say something to everybody…",
        hint: "/admin notice",
        run: () => openNotice(screen, here()),
      },
      {
        letter: "s",
        label: "Ask for these numbers again",
        hint: "/admin stats",
        run: () => openAdmin(screen, back),
      },
    ],
    back,
  });
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long in the largest unit that makes sense. */
function duration(seconds: number): string {
  if (seconds >= 2 * DAY) return `${Math.floor(seconds / DAY)} days`;
  if (seconds >= 2 * HOUR) return `${Math.floor(seconds / HOUR)} hours`;
  if (seconds >= 2 * MINUTE) return `${Math.floor(seconds / MINUTE)} minutes`;
  return `${Math.floor(seconds)} seconds`;
}

function statsLines(stats: ServerStats): readonly string[] {
  const { users, rooms, messages, connections } = stats;
  return [
    `Users        ${users.total}, ${users.online} online, ${users.created_today} new today`,
    `Rooms        ${rooms.total}, ${rooms.public} public, ${rooms.active} active`,
    `Messages     ${messages.total}, ${messages.today} today, ${messages.this_hour} this hour`,
    `Connections  ${connections.tcp} TCP, ${connections.websocket} WebSocket, ${connections.http_sessions} HTTP`,
    `Running for  ${duration(stats.uptime_seconds)}`,
  ];
}
