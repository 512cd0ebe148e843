import assert from "node:assert/strict";
import { test } from "node:test";
import { renderScreen } from "../../test/render-screen.ts";
import { chatState, conversation, general, messages, random } from "../../test/sample-chat.ts";

const busy = () =>
  chatState([
    conversation(general, "general", { entries: messages(1, 100) }),
    conversation(random, "random", { head: 2, readSeq: 0 }),
  ]);

test("in a small window the messages have all of the width and the header what matters most", async () => {
  await using screen = await renderScreen({ state: busy(), columns: 40, rows: 12 });
  const text = await screen.untilShown("message 100");
  assert.equal(
    text,
    [
      " #general    server can read · ● online",
      ...Array.from({ length: 8 }, (_, index) => {
        const seq = 93 + index;
        return `08:${String(seq - 60).padStart(2, "0")}      bob │ message ${seq}`;
      }),
      "",
      "> Write a message, or / for commands",
      "F1 help  Ctrl-G go to  F5 unread",
    ].join("\n"),
  );
});

const commands = ["menu", "manage", "settings", "bans", "sent", "blocked", "profile", "password"]
  .concat([
    "invitations",
    "admin",
    "admin users",
    "admin rooms",
    "admin notice",
    "admin invite",
    "admin invites",
  ])
  .map((command) => `/${command}\r`);

test("every dialog and the form can be drawn in every size", async () => {
  for (const [columns, rows] of [
    [20, 6],
    [21, 7],
    [40, 12],
    [59, 10],
    [60, 20],
    [80, 24],
    [200, 50],
  ] as const) {
    await using chat = await renderScreen({ state: busy(), columns, rows });
    await chat.untilShown("> Write");
    chat.press("\u001BOS");
    for (const open of ["\u001BOP", "\u0007", "\u000F", ...commands]) {
      chat.press(open);
      await chat.untilShown("Esc");
      chat.press("\u001B");
      await chat.untilShown("> Write");
    }
    chat.press("\u001B[19~");
    await chat.untilShown(">│");
    await using login = await renderScreen({ columns, rows });
    login.press("\u001BOQ\t\t\t");
    await login.until(({ terminal }) => /> Setup token/.test(terminal.text()));
    assert.equal(login.terminal.cursor.isShown, true);
  }
});

test("a window that changes its size is drawn anew, with the cursor where one writes", async () => {
  await using screen = await renderScreen({ state: busy() });
  screen.press("some text");
  await screen.untilShown("> some text");
  for (const [columns, rows] of [
    [120, 40],
    [50, 10],
    [30, 30],
    [100, 24],
    [80, 24],
  ] as const) {
    screen.resize(columns, rows);
    await screen.until(({ terminal }) => {
      const at = terminal.rows()[terminal.cursor.y] ?? "";
      return terminal.cursor.y === rows - 2 && at.slice(0, terminal.cursor.x).endsWith("some text");
    });
    const lines = screen.terminal.rows();
    assert.match(lines[0] ?? "", /^ #general/);
    assert.match(lines.at(-1) ?? "", /^F1 help/);
    assert.match(lines.at(-4) ?? "", /message 100$/);
    assert.equal(lines.filter((line) => line.includes("> some text")).length, 1);
  }
});

test("a window too small for anything says so, and comes back", async () => {
  await using screen = await renderScreen({ state: busy(), columns: 12, rows: 3 });
  await screen.untilShown("Window too");
  screen.resize(80, 24);
  await screen.untilShown("message 100");
});

test("Ctrl-L draws everything again over what something else has written", async () => {
  await using screen = await renderScreen({ state: busy() });
  const before = await screen.untilShown("message 100");
  screen.terminal.write("\u001B[5;5Hbroadcast message from root");
  assert.match(screen.terminal.text(), /broadcast/);
  screen.press("\u000C");
  await screen.untilGone("broadcast");
  assert.equal(await screen.untilShown("message 100"), before);
  assert.deepEqual(screen.terminal.cursor, { x: 25, y: 22, isShown: true });
});
