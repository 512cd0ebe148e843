import { type KeyAction, keyActions } from "../text/keys.ts";
import { performInChat } from "./chat/chat-keys.ts";
import { typeInComposer } from "./chat/type-in-composer.ts";
import { performInDialog, typeInDialog } from "./dialogs/dialog-keys.ts";
import { type KeyPress, keyName, splitPresses } from "./key-names.ts";
import { type ActionName, actionFor, type KeyScope } from "./keymap.ts";
import type { WindowSize } from "./layout.ts";
import { performInLogin, typeInLogin } from "./login/login-keys.ts";
import { askToQuit } from "./quit.ts";
import { isLoginShown, type Screen } from "./screen.ts";
import { noDialog } from "./ui-state.ts";

/** Which part of the screen has the keys now. */
export function scopeOf({ store, ui, about }: Pick<Screen, "store" | "ui" | "about">): KeyScope {
  if (ui.get().dialog.kind !== "none") return "dialog";
  return isLoginShown(store.get(), about, ui.get()) ? "login" : "chat";
}

/** Does what one input event asks for; it can hold several keys. */
export function pressKeys(screen: Screen, size: WindowSize, event: KeyPress): void {
  for (const press of splitPresses(event)) pressKey(screen, size, press);
}

/** Puts a pasted text where typing goes; it never sends or submits anything. */
export function pasteText(screen: Screen, size: WindowSize, text: string): void {
  typeInto[scopeOf(screen)](screen, size, { type: "paste", text });
}

type Perform = (screen: Screen, size: WindowSize, action: ActionName) => void;
type TypeInto = (screen: Screen, size: WindowSize, action: KeyAction) => void;

const performIn: Readonly<Record<KeyScope, Perform>> = {
  login: performInLogin,
  chat: performInChat,
  dialog: performInDialog,
};

const typeInto: Readonly<Record<KeyScope, TypeInto>> = {
  login: typeInLogin,
  chat: typeInComposer,
  dialog: typeInDialog,
};

function pressKey(screen: Screen, size: WindowSize, press: KeyPress): void {
  const scope = scopeOf(screen);
  const name = keyName(press);
  const action = name === undefined ? undefined : actionFor(scope, name);
  if (action !== "quit") forgetQuitting(screen);
  if (action !== undefined) {
    perform(screen, size, action);
    return;
  }
  for (const typed of keyActions(press.input, press.key)) typeInto[scope](screen, size, typed);
}

function forgetQuitting({ ui }: Screen): void {
  ui.update((state) =>
    state.isQuitAsked ? { ...state, isQuitAsked: false, remark: undefined } : state,
  );
}

/** Keys that mean the same everywhere; the others belong to the part that has them. */
const general: Readonly<Partial<Record<ActionName, (screen: Screen) => void>>> = {
  quit: askToQuit,
  redraw: ({ redraw }) => redraw(),
  help: ({ ui }) =>
    ui.update((state) => ({
      ...state,
      dialog: state.dialog.kind === "help" ? noDialog : { kind: "help", top: 0 },
    })),
};

function perform(screen: Screen, size: WindowSize, action: ActionName): void {
  const act = general[action];
  if (act !== undefined) act(screen);
  else performIn[scopeOf(screen)](screen, size, action);
}
