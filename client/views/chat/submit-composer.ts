import { parseTyped } from "../../slash/parse.ts";
import { runCommand } from "../../slash/run-command.ts";
import type { SlashContext } from "../../slash/slash-command.ts";
import { remember } from "../../text/input-history.ts";
import { openCreateRoom } from "../dialogs/create-room.ts";
import { openSwitcher, showDialog } from "../dialogs/open-dialog.ts";
import type { WindowSize } from "../layout.ts";
import { showScreen } from "../main-menu.ts";
import { askToQuit } from "../quit.ts";
import { type Screen, say } from "../screen.ts";
import { newComposer } from "../ui-state.ts";
import { toggleMembers } from "./chat-keys.ts";
import { chooseMessage } from "./choose-message.ts";
import { editLast, saveEdited } from "./edit-message.ts";
import { composerOf, openConversation, setComposer } from "./open-chat.ts";
import { scrollToEnd } from "./scroll.ts";

/** Sends what is written, or carries it out when it is a command. */
export function submitComposer(screen: Screen, size: WindowSize): void {
  const composer = composerOf(screen.store.get(), screen.ui.get());
  const { editor } = composer;
  if (editor.text.trim() === "") return;
  if (composer.editing !== undefined) return void saveEdited(screen, composer);
  const typed = parseTyped(editor.text.trimEnd());
  if (typed.kind === "message") {
    const refused = sendMessage(screen, typed.content);
    say(screen, refused === undefined ? undefined : { severity: "error", text: refused });
    return;
  }
  // Emptied first: the command may open another conversation with another composer.
  emptyComposer(screen);
  say(screen, undefined);
  const running = runCommand(slashContext(screen, size), typed.name, typed.argument);
  if (running !== undefined) void showProgress(screen, running);
}

/** An answer that is there sooner than this needs no announcing. */
const PATIENCE_MS = 300;

/** Says that a command is under way when it takes a moment. */
async function showProgress(screen: Screen, running: Promise<void>): Promise<void> {
  const waiting = { severity: "info", text: "One moment…" } as const;
  const cancel = screen.clock.after(PATIENCE_MS, () => {
    if (screen.ui.get().remark === undefined) say(screen, waiting);
  });
  try {
    await running;
  } finally {
    cancel();
    if (screen.ui.get().remark === waiting) say(screen, undefined);
  }
}

/** Says why nothing was sent; what was written is then still there. */
function sendMessage(screen: Screen, content: string): string | undefined {
  const conversation = openConversation(screen.store.get());
  if (conversation === undefined) return "Go to a room or a person first (Ctrl-G), then write.";
  const outcome = screen.actions.send(conversation.key, content);
  if (!outcome.ok) return outcome.message;
  emptyComposer(screen);
  scrollToEnd(screen);
  return undefined;
}

function emptyComposer(screen: Screen): void {
  const { store, ui, actions } = screen;
  const { editor, history } = composerOf(store.get(), ui.get());
  const fresh = newComposer();
  setComposer(screen, {
    editor: { ...fresh.editor, killed: editor.killed },
    history: remember(history, editor.text),
  });
  const { open } = store.get();
  if (open !== undefined) actions.setDraft(open, "");
}

const slashContext = (screen: Screen, size: WindowSize): SlashContext => ({
  state: () => screen.store.get(),
  actions: screen.actions,
  screen: {
    say: (severity, text) => say(screen, { severity, text }),
    showHelp: () => showDialog(screen, { kind: "help", top: 0 }),
    showFinder: (scope) => openSwitcher(screen, scope),
    showCreateRoom: (name) => openCreateRoom(screen, name),
    toggleMembers: () => toggleMembers(screen),
    show: (name) => showScreen(screen, name),
    chooseMessage: () => chooseMessage(screen, size),
    editLast: () => editLast(screen),
    quit: () => askToQuit(screen),
  },
});
