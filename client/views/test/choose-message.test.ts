import assert from "node:assert/strict";
import { test } from "node:test";
import { renderScreen } from "../../test/render-screen.ts";
import {
  ann,
  chatState,
  conversation,
  general,
  message,
  messages,
} from "../../test/sample-chat.ts";

const F8 = "\u001B[19~";
const ESCAPE = "\u001B";
const UP = "\u001B[A";
const DOWN = "\u001B[B";

const entries = [message(1, "first"), message(2, "mine", ann), message(3, "last\nand more")];
const room = () => chatState([conversation(general, "general", { entries })]);

test("a chosen message is marked by a sign, and its quote goes above what is being written", async () => {
  await using screen = await renderScreen({ state: room(), isColoured: false });
  screen.press("so what");
  await screen.untilShown("> so what");
  screen.press(F8);
  const text = await screen.untilShown("bob>│ last");
  assert.match(text, /r reply {2}e edit {2}d delete/);
  assert.equal(screen.terminal.cursor.isShown, false);
  screen.press(`${UP}${UP}`);
  await screen.untilShown("bob>│ first");
  screen.press(DOWN);
  await screen.untilShown("ann>│ mine");
  screen.press(DOWN);
  await screen.untilShown("bob>│ last");
  screen.press("\r");
  await screen.untilShown("> > bob: last…");
  screen.press("\r");
  await screen.until(() => screen.asked("send").length > 0);
  assert.deepEqual(screen.asked("send"), [[general, "> bob: last…\nso what"]]);
});

test("letters mean something else only while a message is chosen", async () => {
  await using screen = await renderScreen({ state: room() });
  screen.press("/select\r");
  await screen.untilShown("bob>│ last");
  screen.press("xkk");
  await screen.untilShown("bob>│ first");
  screen.press(ESCAPE);
  await screen.untilGone(">│");
  screen.press("red");
  await screen.untilShown("> red");
});

test("below the newest message is the line to write in", async () => {
  await using screen = await renderScreen({ state: room() });
  screen.press(F8);
  await screen.untilShown("bob>│ last");
  screen.press(DOWN);
  await screen.untilGone(">│");
  screen.press("hello");
  await screen.untilShown("> hello");
});

test("a message of one's own is changed, and one of another is not", async () => {
  await using screen = await renderScreen({ state: room() });
  screen.press(F8);
  await screen.untilShown("bob>│ last");
  screen.press("e");
  await screen.untilShown("Only its author may edit a message.");
  screen.press(UP);
  await screen.untilShown("ann>│ mine");
  screen.press("e");
  await screen.untilShown("Editing your message: Enter saves, Esc leaves it");
  screen.press("!\r");
  await screen.until(() => screen.asked("editMessage").length > 0);
  assert.deepEqual(screen.asked("editMessage"), [["m2", "mine!"]]);
  assert.deepEqual(screen.asked("setDraft"), [], "nobody is told, and it is no draft");
  await screen.untilShown("Write a message");
});

test("an edit that is refused comes back to be tried again, and Escape leaves the message as it is", async () => {
  const editMessage = async () => ({ ok: false, message: "Too late." }) as const;
  await using screen = await renderScreen({ state: room(), actions: { editMessage } });
  screen.press("/edit\r");
  await screen.untilShown("> mine");
  screen.press("!\r");
  await screen.untilShown("Too late.");
  await screen.untilShown("> mine!");
  screen.press(ESCAPE);
  await screen.untilGone("Too late.");
  screen.press(ESCAPE);
  await screen.untilShown("Write a message");
});

test("deleting a message is asked twice, whoever wrote it", async () => {
  await using screen = await renderScreen({ state: room() });
  screen.press(F8);
  await screen.untilShown("bob>│ last");
  screen.press("d");
  const text = await screen.untilShown("Delete this message for everybody?");
  assert.match(text, /bob: last/);
  assert.match(text, /> n {2}No, go back/);
  screen.press("y");
  await screen.untilShown("The message is deleted.");
  assert.deepEqual(screen.asked("deleteMessage"), [["m3"]]);
});

test("a message far up is brought into view, and at the top older ones are asked for", async () => {
  const state = chatState([
    conversation(general, "general", { entries: messages(1, 60), reachedStart: false }),
  ]);
  await using screen = await renderScreen({ state, columns: 60, rows: 20 });
  await screen.untilShown("message 60");
  screen.press(F8);
  await screen.untilShown(">│ message 60");
  for (let step = 0; step < 40; step += 1) screen.press(UP);
  await screen.untilShown(">│ message 20");
  for (let step = 0; step < 20; step += 1) screen.press(UP);
  await screen.until(() => screen.asked("loadOlder").length > 0);
  await screen.untilShown(">│ message 1");
});
