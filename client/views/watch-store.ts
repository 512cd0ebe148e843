import type { Store } from "../store/create-store.ts";
import type { ConversationKey, State } from "../store/state.ts";
import { initialUiState, type UiState, withEntry } from "./ui-state.ts";

/** Keeps what the screen remembers in step with the state; returns the function that ends it. */
export function watchStore(
  store: Pick<Store<State>, "get" | "subscribe">,
  ui: Pick<Store<UiState>, "update">,
): () => void {
  let before = store.get();
  ui.update((old) => openedBefore(old, before));
  return store.subscribe(() => {
    const state = store.get();
    const earlier = before;
    before = state;
    if (state.open !== earlier.open) ui.update((old) => opened(old, earlier, state.open));
    if (isUpToDate(state) && !isUpToDate(earlier)) ui.update((old) => withoutEmpty(old, state));
    if (isOver(earlier, state)) ui.update(forgetUser);
  });
}

/** True when the session of a user ends with this change. */
function isOver(earlier: State, state: State): boolean {
  if (earlier.me === undefined || earlier.link.state === "signed_out") return false;
  return state.me?.id !== earlier.me.id || state.link.state === "signed_out";
}

/** Notes where the unread messages of a conversation begin: once it is open, all count as read. */
function opened(ui: UiState, earlier: State, open: ConversationKey | undefined): UiState {
  const remembered = (key: ConversationKey) => earlier.conversations.has(key) || key === open;
  const pruned: UiState = {
    ...ui,
    remark: undefined,
    chosen: undefined,
    composers: kept(ui.composers, (key) => key === "none" || remembered(key)),
    scrolls: kept(ui.scrolls, remembered),
    unreadFrom: kept(ui.unreadFrom, remembered),
  };
  const conversation = open === undefined ? undefined : earlier.conversations.get(open);
  if (conversation === undefined) return pruned;
  const hasUnread = conversation.head > conversation.readSeq;
  const from = hasUnread ? conversation.readSeq : undefined;
  return { ...pruned, unreadFrom: withEntry(ui.unreadFrom, conversation.key, from) };
}

/** What was open from the start: what comes with the first connection is new. */
function openedBefore(ui: UiState, { open, conversations }: State): UiState {
  const conversation = open === undefined ? undefined : conversations.get(open);
  if (conversation === undefined) return ui;
  const { key, readSeq } = conversation;
  return { ...ui, unreadFrom: withEntry(ui.unreadFrom, key, readSeq) };
}

const isUpToDate = ({ link }: State): boolean => link.state === "online";

/** Without those places behind which nothing has come. */
function withoutEmpty(ui: UiState, { conversations }: State): UiState {
  const hasNews = (key: ConversationKey, from: number | undefined) =>
    from !== undefined && (conversations.get(key)?.head ?? 0) > from;
  const unreadFrom = new Map([...ui.unreadFrom].filter(([key, from]) => hasNews(key, from)));
  return unreadFrom.size === ui.unreadFrom.size ? ui : { ...ui, unreadFrom };
}

const kept = <Key, Value>(map: ReadonlyMap<Key, Value>, isKept: (key: Key) => boolean) =>
  new Map([...map].filter(([key]) => isKept(key)));

/** Nobody finds the drafts of another account. The form keeps what was said in it. */
const forgetUser = (ui: UiState): UiState => ({
  ...initialUiState(),
  login: ui.login,
  hasSignedOut: true,
});
