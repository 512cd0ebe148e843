import { quoteOf } from "../../slash/quote.ts";
import type { MessageEntry } from "../../store/state.ts";
import { setText } from "../../text/editor.ts";
import type { KeyAction } from "../../text/keys.ts";
import { noDialog } from "../dialogs/dialog.ts";
import { carryOut, confirm } from "../dialogs/menu-dialog.ts";
import type { ActionName } from "../keymap.ts";
import type { WindowSize } from "../layout.ts";
import { type Screen, say } from "../screen.ts";
import { chosenMessage } from "./chosen-message.ts";
import { beginEditing } from "./edit-message.ts";
import { loadOlder } from "./load-older.ts";
import { composerOf, openConversation, setComposer } from "./open-chat.ts";
import { scrollToEnd, scrollToShow } from "./scroll.ts";

/** Begins with the newest message of the open conversation. */
export function chooseMessage(screen: Screen, size: WindowSize): void {
  const newest = openConversation(screen.store.get())?.entries.findLast(isMessage);
  if (newest !== undefined) choose(screen, size, newest);
  else say(screen, { severity: "info", text: "There is no message here to choose." });
}

const isMessage = ({ kind }: { readonly kind: string }): boolean => kind === "message";

function choose(screen: Screen, size: WindowSize, { seq }: { readonly seq: number }): void {
  const { open: key } = screen.store.get();
  if (key === undefined) return;
  say(screen, undefined);
  screen.ui.update((ui) => ({ ...ui, chosen: { key, seq } }));
  scrollToShow(screen, size, `${seq}`);
}

/** The keys are for writing again. */
function letGo({ ui }: Pick<Screen, "ui">): void {
  ui.update((state) => ({ ...state, chosen: undefined }));
}

type Act = (screen: Screen, size: WindowSize, message: MessageEntry) => void;

const keys: Readonly<Partial<Record<ActionName, Act>>> = {
  chooseOlder: older,
  chooseNewer: newer,
  back: (screen) => {
    letGo(screen);
    scrollToEnd(screen);
  },
};

const letters: ReadonlyMap<string, Act> = new Map([
  ["k", older],
  ["j", newer],
  ["r", (screen, _size, message) => reply(screen, message)],
  ["e", (screen, _size, message) => edit(screen, message)],
  ["d", (screen, _size, message) => erase(screen, message)],
]);

export function performInChoice(screen: Screen, size: WindowSize, action: ActionName): void {
  const message = chosenMessage(screen.store.get(), screen.ui.get());
  if (message !== undefined) keys[action]?.(screen, size, message);
}

/** Letters do something about the message; Enter quotes it. */
export function typeInChoice(screen: Screen, size: WindowSize, action: KeyAction): void {
  const message = chosenMessage(screen.store.get(), screen.ui.get());
  if (message === undefined) return;
  if (action.type === "submit") reply(screen, message);
  if (action.type === "insert") letters.get(action.text.toLowerCase())?.(screen, size, message);
}

function older(screen: Screen, size: WindowSize, { seq }: MessageEntry): void {
  const entries = openConversation(screen.store.get())?.entries ?? [];
  const next = entries.findLast((entry) => isMessage(entry) && entry.seq < seq);
  if (next === undefined) loadOlder(screen);
  else choose(screen, size, next);
}

/** Below the newest message is the line to write in. */
function newer(screen: Screen, size: WindowSize, { seq }: MessageEntry): void {
  const entries = openConversation(screen.store.get())?.entries ?? [];
  const next = entries.find((entry) => isMessage(entry) && entry.seq > seq);
  if (next !== undefined) {
    choose(screen, size, next);
    return;
  }
  letGo(screen);
  scrollToEnd(screen);
}

/** Puts the quote above what is being written. */
function reply(screen: Screen, message: MessageEntry): void {
  const composer = composerOf(screen.store.get(), screen.ui.get());
  const quoted = setText(composer.editor, `${quoteOf(message)}\n${composer.editor.text}`);
  if (quoted.outcome === "done") setComposer(screen, { ...composer, editor: quoted.editor });
  else say(screen, { severity: "error", text: "There is no room left for the quote." });
  letGo(screen);
  scrollToEnd(screen);
}

function edit(screen: Screen, message: MessageEntry): void {
  if (message.authorId !== screen.store.get().me?.id) {
    say(screen, { severity: "info", text: "Only its author may edit a message." });
    return;
  }
  letGo(screen);
  beginEditing(screen, message);
}

const SHOWN_CHARS = 80;

/** Its author may, and who keeps order in the room: the server knows. */
function erase(screen: Screen, message: MessageEntry): void {
  const { id, author, content } = message;
  const start = Array.from(content).slice(0, SHOWN_CHARS).join("");
  letGo(screen);
  const run = () =>
    void carryOut(screen, {
      run: () => screen.actions.deleteMessage(id),
      said: "The message is deleted.",
      back: noDialog,
    });
  confirm(screen, {
    title: "Delete this message for everybody?",
    warning: `${author}: ${start}`,
    yes: "Yes, delete it",
    back: noDialog,
    run,
  });
}
