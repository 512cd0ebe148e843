import { type KeyAction, keyActions } from "../text/keys.ts";
import { performInChat } from "./chat/chat-keys.ts";
import { performInChoice, typeInChoice } from "./chat/choose-message.ts";
import { chosenMessage } from "./chat/chosen-message.ts";
import { typeInComposer } from "./chat/type-in-composer.ts";
import { noDialog } from "./dialogs/dialog.ts";
import { performInDialog, typeInDialog } from "./dialogs/dialog-keys.ts";
import { type KeyPress, keyName, splitPresses } from "./key-names.ts";
import { type ActionName, actionFor, type KeyScope } from "./keymap.ts";
import type { WindowSize } from "./layout.ts";
import { performInLogin, typeInLogin } from "./login/login-keys.ts";
import { askToQuit } from "./quit.ts";
import { isLoginShown, type Screen } from "./screen.ts";

/** Which part of the screen has the keys now. */
export function scopeOf({ store, ui, about }: Pick<Screen, "store" | "ui" | "about">): KeyScope {
  if (ui.get().dialog.kind !== "none") return "dialog";
  if (isLoginShown(store.get(), about, ui.get())) return "login";
  return chosenMessage(store.get(), ui.get()) === undefined ? "chat" : "choice";
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
  choice: performInChoice,
  dialog: performInDialog,
};

const typeInto: Readonly<Record<KeyScope, TypeInto>> = {
  login: typeInLogin,
  chat: typeInComposer,
  choice: typeInChoice,
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
  for (const typed of keyActions(press.input, press.key)) type(screen, size, typed);
}

/** Where single letters do something, what the first of them does decides whom the next one is for. */
function type(screen: Screen, size: WindowSize, action: KeyAction): void {
  const isWhole = action.type !== "insert" || scopeOf(screen) === "chat";
  const parts = isWhole ? [action] : Array.from(action.text, (text) => ({ ...action, text }));
  for (const part of parts) typeInto[scopeOf(screen)](screen, size, part);
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
