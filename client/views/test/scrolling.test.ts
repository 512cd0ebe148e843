import assert from "node:assert/strict";
import { test } from "node:test";
import { renderScreen, type TestScreen } from "../../test/render-screen.ts";
import {
  chatState,
  conversation,
  general,
  message,
  messages,
  withConversation,
} from "../../test/sample-chat.ts";

const PAGE_UP = "\u001B[5~";
const PAGE_DOWN = "\u001B[6~";
const LINE_UP = "\u001B[1;2A";
const ESCAPE = "\u001B";

const longRoom = () => chatState([conversation(general, "general", { entries: messages(1, 200) })]);

const SIDEBAR_COLUMNS = 23;

/** The rows of messages: without header, status, composer and footer, and without the sidebar. */
const listRows = (screen: TestScreen): string[] =>
  screen.terminal
    .rows()
    .slice(1, -3)
    .map((row) => row.slice(SIDEBAR_COLUMNS));

function arrive(screen: TestScreen, content: string): void {
  screen.store.update((state) =>
    withConversation(state, general, (room) => {
      const seq = room.head + 1;
      return { ...room, head: seq, entries: [...room.entries, message(seq, content)] };
    }),
  );
}

test("what one reads further up stays where it is while messages arrive", async () => {
  await using screen = await renderScreen({ state: longRoom() });
  await screen.untilShown("message 200");
  screen.press(PAGE_UP);
  await screen.untilShown("more below");
  const before = listRows(screen);
  arrive(screen, "one more");
  arrive(screen, "a long one ".repeat(30));
  await screen.untilShown("↓ 2 new");
  assert.deepEqual(listRows(screen), before);
  screen.press(ESCAPE);
  await screen.untilShown("one more");
  assert.doesNotMatch(screen.terminal.text(), /↓/);
});

test("a page up and a page down lead back to the end", async () => {
  await using screen = await renderScreen({ state: longRoom() });
  await screen.untilShown("message 200");
  screen.press(PAGE_UP);
  screen.press(PAGE_UP);
  await screen.untilGone("message 182");
  screen.press(PAGE_DOWN);
  screen.press(PAGE_DOWN);
  await screen.untilShown("message 200");
  arrive(screen, "seen at once");
  await screen.untilShown("seen at once");
});

test("a line up moves the window by one row", async () => {
  await using screen = await renderScreen({ state: longRoom() });
  await screen.untilShown("message 200");
  const before = listRows(screen);
  screen.press(LINE_UP);
  await screen.untilShown("more below");
  assert.deepEqual(listRows(screen).slice(1), before.slice(0, -1));
});

test("scrolling stops with the first row at the top of the window", async () => {
  const room = conversation(general, "general", { entries: messages(1, 40) });
  await using screen = await renderScreen({ state: chatState([room]) });
  await screen.untilShown("message 40");
  for (let page = 0; page < 5; page += 1) screen.press(PAGE_UP);
  await screen.untilShown("This is the beginning of #general");
  assert.match(listRows(screen)[0] ?? "", /This is the beginning of #general/);
});

test("where the past is kept from the reader, its place says so", async () => {
  const entries = messages(101, 140);
  const room = conversation(general, "general", { entries, historyStartsAt: 101 });
  await using screen = await renderScreen({ state: chatState([room]) });
  await screen.untilShown("message 140");
  for (let page = 0; page < 5; page += 1) screen.press(PAGE_UP);
  await screen.untilShown("Earlier messages are not visible to you");
});

test("reaching the top loads the page before, once, and what is read stays in place", async () => {
  const room = conversation(general, "general", {
    entries: messages(101, 140),
    reachedStart: false,
  });
  await using screen = await renderScreen({
    state: chatState([room]),
    actions: {
      async loadOlder(key) {
        screen.store.update((state) =>
          withConversation(state, key, (now) => ({ ...now, history: "loading" })),
        );
        return { ok: true, value: undefined };
      },
    },
  });
  await screen.untilShown("message 140");
  assert.deepEqual(screen.asked("loadOlder"), []);
  for (let page = 0; page < 3; page += 1) screen.press(PAGE_UP);
  await screen.untilShown("history: loading…");
  screen.press(PAGE_UP);
  screen.press("x");
  await screen.untilShown("> x");
  const before = listRows(screen).slice(3);
  screen.store.update((state) =>
    withConversation(state, general, (now) => ({
      ...now,
      history: "idle",
      entries: [...messages(51, 100), ...now.entries],
    })),
  );
  await screen.untilShown("message 100");
  assert.deepEqual(listRows(screen).slice(3), before);
  assert.deepEqual(screen.asked("loadOlder"), [[general]]);
});

test("a room whose messages do not fill the window asks for older ones by itself", async () => {
  const room = conversation(general, "general", { entries: messages(9, 10), reachedStart: false });
  await using screen = await renderScreen({ state: chatState([room]) });
  await screen.until(() => screen.asked("loadOlder").length > 0);
  arrive(screen, "something else");
  await screen.untilShown("something else");
  assert.deepEqual(screen.asked("loadOlder"), [[general]]);
});

test("a page that could not be loaded says why and is asked for again by a key only", async () => {
  const room = conversation(general, "general", {
    entries: messages(9, 10),
    reachedStart: false,
    history: { failed: "The server did not answer in time." },
  });
  await using screen = await renderScreen({ state: chatState([room]) });
  await screen.untilShown("The server did not");
  assert.deepEqual(screen.asked("loadOlder"), []);
  screen.press(PAGE_UP);
  await screen.until(() => screen.asked("loadOlder").length > 0);
});
