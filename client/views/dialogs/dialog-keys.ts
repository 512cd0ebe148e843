import { applyAction } from "../../text/editor-actions.ts";
import type { KeyAction } from "../../text/keys.ts";
import type { ActionName } from "../keymap.ts";
import type { WindowSize } from "../layout.ts";
import { goTo } from "../rooms/go-to.ts";
import { switcherItems } from "../rooms/switcher-items.ts";
import type { Screen } from "../screen.ts";
import { isChosen, moveFocus, pressInForm, textOf } from "../shared/form.ts";
import type { Dialog } from "../ui-state.ts";
import { helpTop } from "./help-rows.ts";
import { selectInvitation, typeInInvitations } from "./invitations.ts";
import { closeDialog, showDialog } from "./open-dialog.ts";
import { typeInPassword } from "./password.ts";

type DialogOf<Kind extends Dialog["kind"]> = Extract<Dialog, { kind: Kind }>;

const LINE = 1;
/** Rows that stay in view when a page is turned. */
const OVERLAP = 4;

/** Keys that move within the dialog, or close it. */
export function performInDialog(screen: Screen, size: WindowSize, action: ActionName): void {
  if (action === "back") closeDialog(screen);
  const page = Math.max(LINE, size.rows - OVERLAP);
  const steps: Partial<Record<ActionName, number>> = {
    selectPrevious: -LINE,
    previousField: -LINE,
    selectNext: LINE,
    dialogPageUp: -page,
    dialogPageDown: page,
  };
  const step = steps[action];
  if (step !== undefined) move(screen, size, step);
}

function move(screen: Screen, size: WindowSize, step: number): void {
  const { dialog } = screen.ui.get();
  if (dialog.kind === "help") {
    showDialog(screen, { ...dialog, top: helpTop(size, dialog.top + step) });
  } else if (dialog.kind === "switcher") {
    const last = itemsOf(screen, dialog).length - 1;
    const selected = Math.max(0, Math.min(last, dialog.selected + step));
    showDialog(screen, { ...dialog, selected });
  } else if (dialog.kind === "invitations" && !dialog.isBusy) {
    selectInvitation(screen, dialog, step);
  } else if ((dialog.kind === "create_room" || dialog.kind === "password") && !dialog.isBusy) {
    showDialog(screen, { ...dialog, form: moveFocus(dialog.form, Math.sign(step)) });
  }
}

/** What is typed while a dialog is open. */
export function typeInDialog(screen: Screen, _size: WindowSize, action: KeyAction): void {
  const { dialog } = screen.ui.get();
  if (dialog.kind === "switcher") typeInSwitcher(screen, dialog, action);
  else if (dialog.kind === "create_room") typeInCreateRoom(screen, dialog, action);
  else if (dialog.kind === "invitations") typeInInvitations(screen, dialog, action);
  else if (dialog.kind === "password") typeInPassword(screen, dialog, action);
  else if (action.type === "submit") closeDialog(screen);
}

const itemsOf = ({ store }: Screen, { scope, editor }: DialogOf<"switcher">) =>
  switcherItems(store.get(), scope, editor.text);

// One row of any width: nothing wraps in the line one types in.
const ONE_ROW = 10_000;

function typeInSwitcher(screen: Screen, dialog: DialogOf<"switcher">, action: KeyAction): void {
  if (action.type === "submit") choose(screen, dialog);
  if (action.type === "submit" || action.type === "complete" || action.type === "newline") return;
  const { editor } = applyAction(dialog.editor, action, ONE_ROW);
  const selected = editor.text === dialog.editor.text ? dialog.selected : 0;
  showDialog(screen, { ...dialog, editor, selected });
}

function choose(screen: Screen, dialog: DialogOf<"switcher">): void {
  const item = itemsOf(screen, dialog)[dialog.selected];
  if (item === undefined) return;
  closeDialog(screen);
  void goTo(screen, item);
}

function typeInCreateRoom(
  screen: Screen,
  dialog: DialogOf<"create_room">,
  action: KeyAction,
): void {
  if (dialog.isBusy) return;
  const { form, isSubmitted, problem } = pressInForm(dialog.form, action);
  if (isSubmitted) void createRoom(screen, dialog);
  else showDialog(screen, { ...dialog, form, error: problem });
}

async function createRoom(screen: Screen, dialog: DialogOf<"create_room">): Promise<void> {
  const { form } = dialog;
  const name = textOf(form, "name").trim().replace(/^#/, "");
  if (name === "") return showDialog(screen, { ...dialog, error: "Type a name for the room." });
  showDialog(screen, { ...dialog, isBusy: true, error: undefined });
  const outcome = await screen.actions.createRoom({
    name,
    description: textOf(form, "description").trim(),
    isPrivate: isChosen(form, "isPrivate"),
  });
  // Somebody may have closed it in the meantime, or opened another one.
  const isStillOpen = screen.ui.get().dialog.kind === "create_room";
  if (!outcome.ok) {
    if (isStillOpen) showDialog(screen, { ...dialog, isBusy: false, error: outcome.message });
    return;
  }
  if (isStillOpen) closeDialog(screen);
  screen.actions.openConversation(`room:${outcome.value}`);
}
