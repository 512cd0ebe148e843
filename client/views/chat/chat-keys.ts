import type { Conversation, Outgoing } from "../../store/state.ts";
import { openCreateRoom } from "../dialogs/create-room.ts";
import { openSwitcher } from "../dialogs/open-dialog.ts";
import type { ActionName } from "../keymap.ts";
import type { WindowSize } from "../layout.ts";
import { showScreen } from "../main-menu.ts";
import { conversationOrder, unreadIn } from "../rooms/conversation-list.ts";
import { type Screen, say } from "../screen.ts";
import { chooseMessage } from "./choose-message.ts";
import { editLast, stopEditing } from "./edit-message.ts";
import { openConversation } from "./open-chat.ts";
import { scrollBy, scrollToEnd, scrollToStart } from "./scroll.ts";

type Act = (screen: Screen, size: WindowSize) => void;

/** What the keys of the chat do. */
const acts: Readonly<Partial<Record<ActionName, Act>>> = {
  switcher: (screen) => openSwitcher(screen, "all"),
  createRoom: (screen) => openCreateRoom(screen, ""),
  previous: (screen) => step(screen, -1),
  next: (screen) => step(screen, 1),
  nextUnread,
  pageUp: (screen, size) => scrollBy(screen, size, { pages: -1 }),
  pageDown: (screen, size) => scrollBy(screen, size, { pages: 1 }),
  lineUp: (screen, size) => scrollBy(screen, size, { rows: -1 }),
  lineDown: (screen, size) => scrollBy(screen, size, { rows: 1 }),
  oldest: scrollToStart,
  newest: scrollToEnd,
  members: toggleMembers,
  editLast,
  choose: chooseMessage,
  menu: (screen) => showScreen(screen, "menu"),
  manageMembers: (screen) => showScreen(screen, "members"),
  invitations: (screen) => showScreen(screen, "invitations"),
  retry,
  discard,
  back,
  goTo1: (screen) => goToNumber(screen, 1),
  goTo2: (screen) => goToNumber(screen, 2),
  goTo3: (screen) => goToNumber(screen, 3),
  goTo4: (screen) => goToNumber(screen, 4),
  goTo5: (screen) => goToNumber(screen, 5),
  goTo6: (screen) => goToNumber(screen, 6),
  goTo7: (screen) => goToNumber(screen, 7),
  goTo8: (screen) => goToNumber(screen, 8),
  goTo9: (screen) => goToNumber(screen, 9),
};

export function performInChat(screen: Screen, size: WindowSize, action: ActionName): void {
  acts[action]?.(screen, size);
}

/** To the conversation that many further down, round and round. */
function step({ store, actions }: Screen, steps: number): void {
  const order = conversationOrder(store.get());
  const at = order.findIndex(({ key }) => key === store.get().open);
  const from = at === -1 && steps < 0 ? 0 : at;
  const next = order[(from + steps + order.length) % order.length];
  if (next !== undefined) actions.openConversation(next.key);
}

function nextUnread(screen: Screen): void {
  const { open, ...state } = screen.store.get();
  const order = conversationOrder(state);
  const at = order.findIndex(({ key }) => key === open);
  const following = [...order.slice(at + 1), ...order.slice(0, at + 1)];
  const next = following.find((conversation) => unreadIn(conversation, open) > 0);
  if (next === undefined) say(screen, { severity: "info", text: "Nothing is unread." });
  else screen.actions.openConversation(next.key);
}

function goToNumber({ store, actions }: Screen, number: number): void {
  const wanted = conversationOrder(store.get())[number - 1];
  if (wanted !== undefined) actions.openConversation(wanted.key);
}

export function toggleMembers({ store, ui }: Pick<Screen, "store" | "ui">): void {
  if (openConversation(store.get())?.kind !== "room") {
    say({ ui }, { severity: "info", text: "Only rooms have members." });
    return;
  }
  ui.update((state) => ({ ...state, isMembersPaneShown: !state.isMembersPaneShown }));
}

interface Failed {
  readonly conversation: Conversation;
  readonly outgoing: Outgoing;
}

/** The oldest message on screen that was refused. */
function firstFailed({ store }: Screen): Failed | undefined {
  const conversation = openConversation(store.get());
  const outgoing = conversation?.outgoing.find(({ status }) => status.state === "failed");
  return conversation === undefined || outgoing === undefined
    ? undefined
    : { conversation, outgoing };
}

function retry(screen: Screen): void {
  const { actions, store } = screen;
  const failed = firstFailed(screen);
  if (failed !== undefined) actions.retry(failed.conversation.key, failed.outgoing.clientId);
  else if (store.get().link.state === "offline") actions.reconnectNow();
  else say(screen, { severity: "info", text: "There is nothing to try again." });
}

function discard(screen: Screen): void {
  const failed = firstFailed(screen);
  if (failed === undefined) {
    say(screen, { severity: "info", text: "There is no unsent message to discard." });
  } else {
    screen.actions.discard(failed.conversation.key, failed.outgoing.clientId);
  }
}

/** One thing at a time: what was said, the newest notice, what is edited, the place in the history. */
function back(screen: Screen): void {
  const notice = screen.store.get().notices.at(-1);
  if (screen.ui.get().remark !== undefined) say(screen, undefined);
  else if (notice !== undefined) screen.actions.dismissNotice(notice.id);
  else if (!stopEditing(screen)) scrollToEnd(screen);
}
