import { limits } from "@lair-chat/protocol/limits.ts";
import type { ListedRoom } from "../../actions/actions.ts";
import { failed } from "../../actions/outcome.ts";
import { safe, safeText } from "../../text/safe-text.ts";
import type { Dialog, FormSpec, PanelDialog, PanelRow } from "../dialogs/dialog.ts";
import { openForm } from "../dialogs/form-dialog.ts";
import { mapPage } from "../dialogs/map-page.ts";
import { goBack, openMenu } from "../dialogs/menu-dialog.ts";
import { openPanel } from "../dialogs/panel-dialog.ts";
import { openRoomSettings } from "../rooms/room-settings-form.ts";
import type { Screen } from "../screen.ts";
import { choiceField, isChosen, textField, textOf } from "../shared/form.ts";

/** Opens the list of the rooms that an admin may see. */
export function openAdminRooms(screen: Screen, back: Dialog): void {
  openPanel(
    screen,
    {
      title: "Rooms of this server",
      empty: "There is no room.",
      enter: "choose",
      note: "Private rooms that you are not in are hidden from you too; /admin deleteroom ID deletes one.",
      isSearchable: true,
      source: {
        kind: "paged",
        page: async (wanted, offset) =>
          mapPage(await screen.actions.listRooms(wanted, offset), (room) => rowOf(screen, room)),
      },
    },
    back,
  );
}

const rowOf = (screen: Screen, listed: ListedRoom): PanelRow => ({
  key: listed.room.id,
  draw() {
    const { name, settings } = listed.room;
    return {
      left: safe`${settings.is_private ? safe`*` : safe`#`} ${safeText(name, { maxLength: 200 })}`,
      right: safeText(membersOf(listed)),
    };
  },
  open: (panel) => openRoom(screen, listed, panel),
});

const membersOf = ({ member_count: count }: ListedRoom): string =>
  count === 1 ? "1 member" : `${count} members`;

function openRoom(screen: Screen, listed: ListedRoom, panel: PanelDialog): void {
  const { room, is_member: isMember } = listed;
  const since = screen.time.dayLabel(Date.parse(room.created_at));
  const owner = screen.store.get().people.get(room.owner)?.username;
  openMenu(screen, {
    title: `#${room.name}`,
    lines: [
      `${membersOf(listed)}${isMember ? ", you among them" : ""}`,
      `Made: ${since}${owner === undefined ? "" : `, owner: ${owner}`}`,
      `Id: ${room.id}`,
      ...(room.description === null ? [] : [room.description]),
    ],
    items: [
      {
        letter: "s",
        label: "Settings…",
        hint: "/settings",
        run: () => openRoomSettings(screen, room.id, panel),
      },
      {
        letter: "d",
        label: `Delete #${room.name} with everything in it…`,
        hint: "/admin deleteroom",
        run: () => openForm(screen, deleteSpec(screen, listed), deleteFields, panel),
      },
      { letter: "c", label: "Close", run: () => goBack(screen, panel) },
    ],
    back: panel,
  });
}

const SURE = "sure";
const deleteFields = [
  textField({
    name: "reason",
    label: "Reason",
    hint: "optional; its members see it",
    limitBytes: limits.descriptionChars,
  }),
  choiceField(SURE, "Delete it", "space, y or n"),
];

const deleteSpec = ({ actions }: Pick<Screen, "actions">, listed: ListedRoom): FormSpec => ({
  title: `Delete #${listed.room.name}`,
  submit: "delete",
  busy: "Deleting the room…",
  about: () =>
    `Everything in #${listed.room.name} is gone for its ${membersOf(listed)}, and nobody can bring it back.`,
  async run(form) {
    if (!isChosen(form, SURE)) return failed(`Say yes to "Delete it", or press Escape.`);
    const outcome = await actions.deleteAnyRoom(listed.room.id, textOf(form, "reason").trim());
    return outcome.ok ? { ok: true, value: { said: `#${listed.room.name} is deleted.` } } : outcome;
  },
});
