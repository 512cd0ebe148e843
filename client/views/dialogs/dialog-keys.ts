import { applyAction } from "../../text/editor-actions.ts";
import type { KeyAction } from "../../text/keys.ts";
import type { ActionName } from "../keymap.ts";
import type { WindowSize } from "../layout.ts";
import { goTo } from "../rooms/go-to.ts";
import { switcherItems } from "../rooms/switcher-items.ts";
import type { Screen } from "../screen.ts";
import { moveFocus } from "../shared/form.ts";
import { type Dialog, noDialog } from "./dialog.ts";
import { typeInForm } from "./form-dialog.ts";
import { helpTop } from "./help-rows.ts";
import { selectInvitation, typeInInvitations } from "./invitations.ts";
import { goBack, moveInMenu, typeInMenu } from "./menu-dialog.ts";
import { closeDialog, showDialog } from "./open-dialog.ts";
import { askAgain, moveInPanel, typeInPanel } from "./panel-dialog.ts";

type Kind = Exclude<Dialog["kind"], "none">;
type DialogOf<K extends Kind> = Extract<Dialog, { kind: K }>;

/** What the keys do in one kind of dialog. */
interface Keys<D extends Dialog> {
  move(screen: Screen, dialog: D, step: number, size: WindowSize): void;
  type(screen: Screen, dialog: D, action: KeyAction): void;
}

const keysOf: { readonly [K in Kind]: Keys<DialogOf<K>> } = {
  help: {
    move: (screen, dialog, step, size) =>
      showDialog(screen, { ...dialog, top: helpTop(size, dialog.top + step) }),
    type: (screen, _dialog, action) => {
      if (action.type === "submit") closeDialog(screen);
    },
  },
  switcher: { move: moveInSwitcher, type: typeInSwitcher },
  invitations: {
    move: (screen, dialog, step) => {
      if (!dialog.isBusy) selectInvitation(screen, dialog, step);
    },
    type: typeInInvitations,
  },
  form: {
    move: (screen, dialog, step) => {
      if (dialog.isBusy) return;
      showDialog(screen, { ...dialog, form: moveFocus(dialog.form, Math.sign(step)) });
    },
    type: typeInForm,
  },
  menu: { move: moveInMenu, type: typeInMenu },
  panel: { move: moveInPanel, type: typeInPanel },
};

/** The keys of a dialog, whichever it is; the table holds those of each kind. */
const keysFor = (kind: Kind): Keys<Dialog> => keysOf[kind] as Keys<Dialog>;

const LINE = 1;
/** Rows that stay in view when a page is turned. */
const OVERLAP = 4;

/** Keys that move within the dialog, or leave it. */
export function performInDialog(screen: Screen, size: WindowSize, action: ActionName): void {
  const { dialog } = screen.ui.get();
  if (dialog.kind === "none") return;
  if (action === "back") goBack(screen, "back" in dialog ? dialog.back : noDialog);
  if (action === "reload" && dialog.kind === "panel") askAgain(screen, dialog);
  const page = Math.max(LINE, size.rows - OVERLAP);
  const steps: Partial<Record<ActionName, number>> = {
    selectPrevious: -LINE,
    previousField: -LINE,
    selectNext: LINE,
    dialogPageUp: -page,
    dialogPageDown: page,
  };
  const step = steps[action];
  if (step !== undefined) keysFor(dialog.kind).move(screen, dialog, step, size);
}

/** What is typed while a dialog is open. */
export function typeInDialog(screen: Screen, _size: WindowSize, action: KeyAction): void {
  const { dialog } = screen.ui.get();
  if (dialog.kind !== "none") keysFor(dialog.kind).type(screen, dialog, action);
}

const itemsOf = ({ store }: Screen, { scope, editor }: DialogOf<"switcher">) =>
  switcherItems(store.get(), scope, editor.text);

function moveInSwitcher(screen: Screen, dialog: DialogOf<"switcher">, step: number): void {
  const last = itemsOf(screen, dialog).length - 1;
  const selected = Math.max(0, Math.min(last, dialog.selected + step));
  showDialog(screen, { ...dialog, selected });
}

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
