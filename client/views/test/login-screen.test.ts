import assert from "node:assert/strict";
import { test } from "node:test";
import type { Outcome } from "../../actions/actions.ts";
import { renderScreen } from "../../test/render-screen.ts";
import { chatState, conversation, general } from "../../test/sample-chat.ts";

const TAB = "\t";
const SHIFT_TAB = "\u001B[Z";

test("the first screen says where one signs in and how what is typed travels there", async () => {
  await using screen = await renderScreen();
  assert.equal(
    await screen.untilShown("User name"),
    [
      " Lair Chat 1.2.3",
      "",
      "",
      "  Sign in",
      "  Server chat.example (https://chat.example)",
      "  TLS: what you type travels encrypted to the server",
      "",
      "  > User name [____________________________]",
      "    Password  [____________________________]",
      "",
      "  Enter signs in, F2 or Ctrl-T: create an account",
      ...Array.from({ length: 12 }, () => ""),
      "F1 help  F2 sign in / register  Ctrl-Q quit",
    ].join("\n"),
  );
  assert.deepEqual(screen.terminal.cursor, { x: 15, y: 7, isShown: true });
});

test("a whole sign-in that arrives in one piece is understood, and the password never shown", async () => {
  const answer = Promise.withResolvers<Outcome>();
  await using screen = await renderScreen({ actions: { signIn: () => answer.promise } });
  screen.press("ann\ts3cret pass\r");
  await screen.untilShown("Signing in…");
  assert.deepEqual(screen.asked("signIn"), [[{ username: "ann", password: "s3cret pass" }]]);
  assert.match(screen.terminal.text(), /Password {2}\[•{11}_+\]/);
  assert.doesNotMatch(screen.terminal.text(), /s3cret/);
  assert.equal(screen.terminal.cursor.isShown, false);
  answer.resolve({ ok: false, message: "The user name or the password is wrong." });
  await screen.untilShown("! The user name or the password is wrong.");
  assert.match(screen.terminal.text(), /\[ann_+\]/);
});

test("enter with an empty password goes on to it, and then says what is missing", async () => {
  await using screen = await renderScreen();
  screen.press("ann\r");
  await screen.untilShown("> Password");
  screen.press("\r");
  await screen.untilShown("! Type a password.");
  assert.deepEqual(screen.asked("signIn"), []);
});

test("F2 and Ctrl-T change to creating an account and keep what both ask for", async () => {
  await using screen = await renderScreen();
  screen.press(`ann${TAB}longenough`);
  screen.press("\u001BOQ");
  await screen.untilShown("Create an account");
  screen.press(`${TAB}${TAB}ann@chat.example${TAB}token-123${TAB}invite-456`);
  await screen.untilShown("invite-456");
  screen.press("\r");
  await screen.until(() => screen.asked("register").length > 0);
  assert.deepEqual(screen.asked("register"), [
    [
      {
        username: "ann",
        password: "longenough",
        email: "ann@chat.example",
        setupToken: "token-123",
        invite: "invite-456",
      },
    ],
  ]);
  await screen.untilShown("Enter signs in");
  screen.press("\u0014");
  await screen.untilShown("Enter creates the account");
});

test("arrows, Tab and Shift-Tab go from field to field, round and round", async () => {
  await using screen = await renderScreen();
  screen.press(SHIFT_TAB);
  await screen.untilShown("> Password");
  screen.press("\u001B[B");
  await screen.untilShown("> User name");
  screen.press("\u001B[A");
  await screen.untilShown("> Password");
});

test("a pasted password keeps to one line and is not submitted", async () => {
  await using screen = await renderScreen();
  screen.press(`ann${TAB}`);
  screen.paste("hunter2hunter2\r\n");
  await screen.untilShown("••••••••••••••");
  assert.deepEqual(screen.asked("signIn"), []);
  screen.press("\r");
  await screen.until(() => screen.asked("signIn").length > 0);
  assert.deepEqual(screen.asked("signIn"), [[{ username: "ann", password: "hunter2hunter2" }]]);
});

test("what does not fit into a field is refused with the reason", async () => {
  await using screen = await renderScreen();
  screen.paste("x".repeat(50));
  await screen.untilShown("! That is 18 bytes too long.");
});

test("a server without registration offers none", async () => {
  await using screen = await renderScreen({ about: { canRegister: false } });
  await screen.untilShown("Enter signs in");
  screen.press("\u0014x");
  await screen.untilShown("[x_");
  assert.doesNotMatch(screen.terminal.text(), /account|register/);
});

test("the end of a session leads back here with its reason and without the last one's drafts", async () => {
  const state = chatState([conversation(general, "general")]);
  await using screen = await renderScreen({ state, about: { initial: "chat" } });
  screen.press("a secret draft");
  await screen.untilShown("a secret draft");
  screen.store.update(() => ({
    ...state,
    me: undefined,
    open: undefined,
    conversations: new Map(),
    link: { state: "signed_out", reason: "This session was ended on another device." },
  }));
  await screen.untilShown("! This session was ended on another device.");
  screen.store.update(() => state);
  const text = await screen.untilShown("#general");
  assert.doesNotMatch(text, /a secret draft/);
});

test("an earlier session is taken up without showing the form", async () => {
  await using screen = await renderScreen({ about: { initial: "chat" } });
  const text = await screen.untilShown("One moment…");
  assert.doesNotMatch(text, /Password/);
});

const fingerprint = `SHA256:${"k".repeat(43)}`;
const unknown: Outcome = {
  ok: false,
  message: "The certificate cannot be trusted yet.",
  unknownServer: { at: "https://chat.example", fingerprint },
};

/** A screen that has asked whether to trust the server. */
async function askedAboutServer() {
  const outcomes: Outcome[] = [unknown];
  const done: Outcome = { ok: true, value: undefined };
  const screen = await renderScreen({
    actions: { signIn: async () => outcomes.shift() ?? done },
  });
  screen.press("ann\ts3cret pass\r");
  await screen.untilShown("Do you know this server?");
  return screen;
}

test("an unknown server is shown with its fingerprint, and the form is out of the way", async () => {
  await using screen = await askedAboutServer();
  const text = screen.terminal.text();
  assert.ok(text.includes(fingerprint), text);
  assert.match(text, /> Trust it\? \[_+\] yes, no, or the fingerprint/);
  assert.doesNotMatch(text, /Password/);
  assert.equal(screen.terminal.cursor.isShown, true);
});

test("Enter alone trusts nobody, nor does a letter typed ahead", async () => {
  await using screen = await askedAboutServer();
  screen.press("\r");
  await screen.untilShown('! Type "yes" or "no".');
  screen.press("y\r");
  await screen.untilShown("[y_");
  assert.deepEqual(screen.asked("trustServer"), []);
  assert.equal(screen.asked("signIn").length, 1);
});

for (const answer of ["yes", "YES", fingerprint]) {
  test(`"${answer.slice(0, 8)}" trusts it, and what was typed goes on`, async () => {
    await using screen = await askedAboutServer();
    screen.press(`${answer}\r`);
    await screen.until(() => screen.asked("signIn").length === 2);
    assert.deepEqual(screen.asked("trustServer"), [[fingerprint]]);
    assert.deepEqual(screen.asked("signIn")[1], [{ username: "ann", password: "s3cret pass" }]);
  });
}

test("no, and the fingerprint of another server, lead back to the form", async () => {
  for (const [answer, words] of [
    ["no", "! The server is not trusted"],
    [`SHA256:${"x".repeat(43)}`, "! That is not its fingerprint"],
  ]) {
    await using screen = await askedAboutServer();
    screen.press(`${answer}\r`);
    await screen.untilShown(words ?? "");
    assert.match(screen.terminal.text(), /User name \[ann_+\]/);
    assert.deepEqual(screen.asked("trustServer"), []);
  }
});

test("keys of the form do nothing while there is a question", async () => {
  await using screen = await askedAboutServer();
  screen.press("\u0014no");
  await screen.untilShown("[no_");
});
