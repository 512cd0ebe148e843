import { limits } from "@lair-chat/protocol/limits.ts";
import { newEditor } from "../../text/editor.ts";
import type { Screen } from "../screen.ts";
import { type Dialog, noDialog, type SwitcherScope } from "./dialog.ts";

export const showDialog = ({ ui }: Pick<Screen, "ui">, dialog: Dialog): void =>
  ui.update((state) => ({ ...state, dialog }));

export const closeDialog = (screen: Pick<Screen, "ui">): void => showDialog(screen, noDialog);

/** Opens the list of invitations; what it shows is asked for by whoever opens it. */
export const openInvitations = (screen: Pick<Screen, "ui">): void =>
  showDialog(screen, { kind: "invitations", selected: 0, isBusy: false, error: undefined });

/** Opens the finder and asks the server what there is to find. */
export function openSwitcher(screen: Pick<Screen, "ui" | "actions">, scope: SwitcherScope): void {
  const editor = newEditor(limits.searchChars);
  showDialog(screen, { kind: "switcher", scope, editor, selected: 0 });
  lookUp(screen, scope, "");
}

/** Asks the server for names; what comes lands in the directory. */
export function lookUp(
  { actions }: Pick<Screen, "actions">,
  scope: SwitcherScope,
  wanted: string,
): void {
  const search = wanted.trim();
  if (scope !== "people") void actions.searchRooms(search);
  if (scope !== "rooms") void actions.searchUsers(search);
}
