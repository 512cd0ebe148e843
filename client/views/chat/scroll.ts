import type { WindowSize } from "../layout.ts";
import type { Screen } from "../screen.ts";
import { type Scroll, withEntry } from "../ui-state.ts";
import { chatLayout } from "./chat-layout.ts";
import { loadOlder } from "./load-older.ts";
import { listHeight, type MainInput, openBlocks } from "./main-column.ts";
import { bottomShowing, movedBottom, type Place, showWindow, topPlace } from "./message-window.ts";
import { openConversation } from "./open-chat.ts";

/** Rows that stay in view when a page is turned. */
const OVERLAP = 2;

type ScrollScreen = Pick<Screen, "store" | "ui" | "time" | "clock" | "actions">;

export type ScrollStep = { readonly rows: number } | { readonly pages: number };

/** Moves the window over the messages; at the top it asks for older ones. */
export function scrollBy(screen: ScrollScreen, size: WindowSize, step: ScrollStep): void {
  const input = inputOf(screen, size);
  const blocks = openBlocks(input);
  if (blocks === undefined) return;
  const height = listHeight(input);
  const rows = "rows" in step ? step.rows : step.pages * Math.max(1, height - OVERLAP);
  const bottom = currentScroll(screen)?.bottom;
  if (rows < 0 && showWindow(blocks, bottom, height).isAtTop) loadOlder(screen);
  else setBottom(screen, movedBottom(blocks, bottom, rows, height));
}

export function scrollToStart(screen: ScrollScreen, size: WindowSize): void {
  const input = inputOf(screen, size);
  const blocks = openBlocks(input);
  if (blocks !== undefined) setBottom(screen, topPlace(blocks, listHeight(input)));
}

/** Moves the window no further than it takes to see a message. */
export function scrollToShow(screen: ScrollScreen, size: WindowSize, key: string): void {
  const input = inputOf(screen, size);
  const blocks = openBlocks(input);
  if (blocks === undefined) return;
  const bottom = currentScroll(screen)?.bottom;
  setBottom(screen, bottomShowing(blocks, bottom, listHeight(input), key));
}

export const scrollToEnd = (screen: Pick<Screen, "store" | "ui">): void =>
  setBottom(screen, undefined);

function inputOf({ store, ui, time, clock }: ScrollScreen, size: WindowSize): MainInput {
  const layout = chatLayout(size, store.get(), ui.get());
  return { state: store.get(), ui: ui.get(), layout, time, now: clock.now() };
}

function currentScroll({ store, ui }: Pick<Screen, "store" | "ui">): Scroll | undefined {
  const { open } = store.get();
  return open === undefined ? undefined : ui.get().scrolls.get(open);
}

function setBottom(screen: Pick<Screen, "store" | "ui">, bottom: Place | undefined): void {
  const conversation = openConversation(screen.store.get());
  if (conversation === undefined) return;
  const newestSeq = currentScroll(screen)?.newestSeq ?? conversation.entries.at(-1)?.seq ?? 0;
  const scroll = bottom === undefined ? undefined : { bottom, newestSeq };
  screen.ui.update((state) => ({
    ...state,
    scrolls: withEntry(state.scrolls, conversation.key, scroll),
  }));
}
