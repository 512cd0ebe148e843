import type { RoomId } from "@lair-chat/protocol/ids.ts";
import type { RoomBan } from "../../actions/actions.ts";
import { safe, safeText } from "../../text/safe-text.ts";
import type { Dialog, PanelDialog, PanelRow } from "../dialogs/dialog.ts";
import { mapPage } from "../dialogs/map-page.ts";
import { carryOut, goBack, openMenu } from "../dialogs/menu-dialog.ts";
import { openPanel } from "../dialogs/panel-dialog.ts";
import type { Screen } from "../screen.ts";

interface Room {
  readonly id: RoomId;
  /** Raw: pass it through safeText. */
  readonly title: string;
}

/** Opens the list of those who are kept out of a room. */
export function openRoomBans(screen: Screen, room: Room, back: Dialog): void {
  openPanel(
    screen,
    {
      title: `Banned from #${room.title}`,
      empty: "Nobody is banned from this room.",
      enter: "unban",
      note: "/ban NAME keeps somebody out, /unban NAME lets somebody in again.",
      isSearchable: false,
      source: {
        kind: "paged",
        page: async (_wanted, offset) =>
          mapPage(await screen.actions.listBans(room.id, offset), (ban) =>
            rowOf(screen, room, ban),
          ),
      },
    },
    back,
  );
}

const rowOf = (screen: Screen, room: Room, ban: RoomBan): PanelRow => ({
  key: ban.user_id,
  draw: () => ({
    left: safeText(ban.username, { maxLength: 100 }),
    right: safe`${safeText(ban.reason ?? "", { maxLength: 60 })}  ${screen.time.dayLabel(Date.parse(ban.created_at))}`,
  }),
  open: (panel) => openBan(screen, room, ban, panel),
});

function openBan(screen: Screen, room: Room, ban: RoomBan, panel: PanelDialog): void {
  const by = screen.store.get().people.get(ban.banned_by)?.username;
  const who = by === undefined ? "" : ` by ${by}`;
  const why = ban.reason === null || ban.reason === "" ? "" : `: ${ban.reason}`;
  openMenu(screen, {
    title: ban.username,
    lines: [`Banned from #${room.title}${who}${why}`],
    items: [
      {
        letter: "u",
        label: `Let ${ban.username} in again`,
        hint: "/unban",
        run: () =>
          void carryOut(screen, {
            run: () => screen.actions.unban(room.id, ban.user_id),
            said: `${ban.username} may come into #${room.title} again.`,
            back: panel,
          }),
      },
      { letter: "n", label: "Leave it as it is", run: () => goBack(screen, panel) },
    ],
    back: panel,
  });
}
