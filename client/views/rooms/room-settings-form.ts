import type { RoomId } from "@lair-chat/protocol/ids.ts";
import type { Room } from "@lair-chat/protocol/messages/shapes.ts";
import type { RoomChange } from "../../actions/actions.ts";
import { failed } from "../../actions/outcome.ts";
import { allChanges, type RoomSetting, roomSettings } from "../../slash/room-settings.ts";
import { roomKey } from "../../store/conversation.ts";
import type { Dialog, FormSpec } from "../dialogs/dialog.ts";
import { openForm } from "../dialogs/form-dialog.ts";
import { goBack, openMenu, showLoaded } from "../dialogs/menu-dialog.ts";
import type { Screen } from "../screen.ts";
import { type Field, type Form, optionField, optionOf, textField, textOf } from "../shared/form.ts";

/** Opens what is set about a room: to be changed by its owners and by admins, to be read by others. */
export function openRoomSettings(screen: Screen, roomId: RoomId, back: Dialog): void {
  void showLoaded(screen, {
    title: "Room settings",
    back,
    load: () => screen.actions.getRoom(roomId),
    show: (room) =>
      mayChange(screen, roomId) ? change(screen, room, back) : read(screen, room, back),
  });
}

function mayChange({ store }: Pick<Screen, "store">, roomId: RoomId): boolean {
  const { me, conversations } = store.get();
  return me?.role === "admin" || conversations.get(roomKey(roomId))?.role === "owner";
}

function read(screen: Screen, room: Room, back: Dialog): void {
  openMenu(screen, {
    title: `Settings of #${room.name}`,
    lines: roomSettings.map((setting) => `${setting.label}: ${setting.shown(room) || "-"}`),
    items: [
      {
        letter: "c",
        label: "Close",
        hint: "only owners change them",
        run: () => goBack(screen, back),
      },
    ],
    back,
  });
}

const change = (screen: Screen, room: Room, back: Dialog): void =>
  openForm(
    screen,
    settingsSpec(screen, room),
    roomSettings.map((one) => fieldOf(one, room)),
    back,
  );

function fieldOf(setting: RoomSetting, room: Room): Field {
  const { name, label, options, limitBytes = 0 } = setting;
  const text = setting.shown(room);
  if (options !== undefined) return optionField({ name, label, options, chosen: text });
  return textField({ name, label, limitBytes, text });
}

const settingsSpec = ({ actions }: Pick<Screen, "actions">, room: Room): FormSpec => ({
  title: `Settings of #${room.name}`,
  submit: "save",
  busy: "Saving…",
  about: ({ fields, focus }) => {
    const setting = roomSettings.find(({ name }) => name === fields[focus]?.name);
    return setting === undefined ? "" : `${setting.label}: ${setting.expected}.`;
  },
  async run(form) {
    const changes = changesIn(form, room);
    if (typeof changes === "string") return failed(changes);
    if (changes.length === 0) return { ok: true, value: { said: "Nothing was changed." } };
    const outcome = await actions.updateRoom(room.id, allChanges(changes));
    if (!outcome.ok) return outcome;
    return { ok: true, value: { said: `The settings of #${room.name} are changed.` } };
  },
});

/** What is different now, or what cannot be meant. */
function changesIn(form: Form, room: Room): readonly RoomChange[] | string {
  const changes: RoomChange[] = [];
  for (const setting of roomSettings) {
    const text = textIn(form, setting);
    if (text === setting.shown(room)) continue;
    const changed = setting.change(text);
    if (changed === undefined) return `${setting.label}: say ${setting.expected}.`;
    changes.push(changed);
  }
  return changes;
}

const textIn = (form: Form, { name, options }: RoomSetting): string =>
  options === undefined ? textOf(form, name).trim() : optionOf(form, name);
