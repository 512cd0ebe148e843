import assert from "node:assert/strict";
import { test } from "node:test";
import type { UserId } from "@lair-chat/protocol/ids.ts";
import { renderScreen } from "../../test/render-screen.ts";
import {
  ann,
  bob,
  carol,
  chatState,
  conversation,
  general,
  message,
  messages,
  noon,
  outgoing,
  random,
  withBob,
  withConversation,
} from "../../test/sample-chat.ts";

const HOUR = 3_600_000;
const stranger = "stranger" as UserId;

test("a room shows who can read it, how it travels, who writes, and the newest messages", async () => {
  const entries = [
    { ...message(1, "first"), at: noon - 24 * HOUR },
    { ...message(2, "hello ann"), at: noon - HOUR },
    { ...message(3, "hi bob", ann), at: noon - HOUR, edited: true },
    { ...message(4, ""), kind: "join" as const, authorId: carol, author: "carol" },
  ];
  const room = conversation(general, "general", {
    description: "Everything else",
    entries,
    typing: new Map([[bob, noon + 4000]]),
  });
  await using screen = await renderScreen({
    state: chatState([
      room,
      conversation(random, "random", { head: 7, readSeq: 4 }),
      conversation(withBob, "bob"),
    ]),
  });
  assert.equal(
    await screen.untilShown("bob is writing"),
    [
      " #general  Everything else          3 unread · server can read · TLS · ● online",
      "Rooms                 │",
      "> # general           │",
      "  # random         (3)│",
      "                      │",
      "Direct messages       │",
      "  ● bob               │",
      ...Array.from({ length: 6 }, () => "                      │"),
      "                      │This is the beginning of #general",
      "                      │",
      "                      │── Yesterday ────────────────────────────────────────────",
      "                      │12:00          bob │ first",
      "                      │── Today ────────────────────────────────────────────────",
      "                      │11:00          bob │ hello ann",
      "                      │11:00          ann │ hi bob  (edited)",
      "                      │07:04            → │ carol joined",
      "                      │bob is writing…",
      "                      │> Write a message, or / for commands",
      "F1 help  Ctrl-G go to  F5 unread  F4 members  F8 reply  F9 menu  Ctrl-Q quit",
    ].join("\n"),
  );
  assert.deepEqual(screen.terminal.cursor, { x: 25, y: 22, isShown: true });
});

test("a message of ours says whether it is on its way, stored or refused, and what to do then", async () => {
  const refused = { state: "failed", message: "You are sending too fast." } as const;
  const room = conversation(general, "general", {
    outgoing: [
      outgoing("one", { state: "sent", seq: 1 }),
      outgoing("two", { state: "sending" }),
      outgoing("three", refused),
    ],
  });
  await using screen = await renderScreen({ state: chatState([room]) });
  const text = await screen.untilShown("not sent");
  assert.match(text, /ann │ one {2}✓ sent/);
  assert.match(text, /ann │ two {2}… sending/);
  assert.match(text, /│ ! not sent: You are sending too/);
  assert.match(text, /│ fast\. \(Ctrl-R retry, Ctrl-X discard\)/);
  screen.press("\u0012");
  screen.press("\u0018");
  screen.press(" ");
  await screen.untilShown("> ");
  await screen.until(() => screen.asked("discard").length > 0);
  assert.deepEqual(screen.asked("retry"), [[general, "c-three"]]);
  assert.deepEqual(screen.asked("discard"), [[general, "c-three"]]);
});

test("text and Enter that arrive in one piece send the message once", async () => {
  await using screen = await renderScreen({ state: chatState([conversation(general, "general")]) });
  screen.press("hello there\r");
  await screen.until(() => screen.asked("send").length > 0);
  assert.deepEqual(screen.asked("send"), [[general, "hello there"]]);
  await screen.untilShown("Write a message");
  screen.press("and more\rlast\r");
  await screen.until(() => screen.asked("send").length > 2);
  assert.deepEqual(
    screen.asked("send").map(([, content]) => content),
    ["hello there", "and more", "last"],
  );
});

test("a paste is shown and never sends, whatever line breaks are in it", async () => {
  await using screen = await renderScreen({ state: chatState([conversation(general, "general")]) });
  screen.paste("rm -rf /\rsecond line\r");
  const text = await screen.untilShown("second line");
  assert.match(text, /│> rm -rf \/\n +│ {2}second line\n/);
  assert.deepEqual(screen.asked("send"), []);
  screen.press("\r");
  await screen.until(() => screen.asked("send").length > 0);
  assert.deepEqual(screen.asked("send"), [[general, "rm -rf /\nsecond line"]]);
});

test("the composer grows to five rows and keeps the cursor in view", async () => {
  await using screen = await renderScreen({ state: chatState([conversation(general, "general")]) });
  screen.press("a\nb\nc\nd\ne\nf\ng");
  const text = await screen.untilShown("  g");
  assert.match(text, /│ {2}c\n.*│ {2}d\n.*│ {2}e\n.*│ {2}f\n.*│ {2}g\n/);
  assert.doesNotMatch(text, /│> a/);
  assert.deepEqual(screen.terminal.cursor, { x: 26, y: 22, isShown: true });
});

test("wide characters put the cursor where the next one will stand", async () => {
  await using screen = await renderScreen({ state: chatState([conversation(general, "general")]) });
  screen.press("日本👩‍👩‍👧e\u0301");
  await screen.untilShown("日本👩‍👩‍👧é".normalize("NFD"));
  assert.equal(screen.terminal.cursor.x, 25 + 2 + 2 + 2 + 1);
});

test("drafts stay with their conversations, and what was stored is there at the start", async () => {
  const state = chatState([
    conversation(general, "general"),
    conversation(random, "random", { draft: "left here yesterday" }),
  ]);
  await using screen = await renderScreen({ state });
  screen.press("half a thou");
  await screen.untilShown("> half a thou");
  assert.deepEqual(screen.asked("setDraft").at(-1), [general, "half a thou"]);
  screen.store.update((now) => ({ ...now, open: random }));
  await screen.untilShown("> left here yesterday");
  screen.store.update((now) => ({ ...now, open: general }));
  await screen.untilShown("> half a thou");
});

test("up and down at the edge of the text bring back what was sent", async () => {
  await using screen = await renderScreen({ state: chatState([conversation(general, "general")]) });
  screen.press("first\rsecond\rdraft");
  await screen.untilShown("> draft");
  screen.press("\u001B[A");
  await screen.untilShown("> second");
  screen.press("\u001B[A");
  await screen.untilShown("> first");
  screen.press("\u001B[B\u001B[B");
  await screen.untilShown("> draft");
});

test("what is unread when a conversation is opened stands below a line", async () => {
  const other = conversation(random, "random", { entries: messages(1, 6), readSeq: 4 });
  const state = chatState([conversation(general, "general"), other]);
  await using screen = await renderScreen({
    state,
    actions: {
      openConversation: (key) =>
        screen.store.update((now) =>
          withConversation({ ...now, open: key }, key, (one) => ({ ...one, readSeq: one.head })),
        ),
    },
  });
  screen.press("\u001B[15~");
  const text = await screen.untilShown("message 6");
  assert.match(text, /message 4\n.*│── new ─+\n.*message 5\n.*message 6/);
});

test("keys step through the conversations in the order of the sidebar, round and round", async () => {
  const state = chatState([
    conversation(withBob, "bob"),
    conversation(general, "general"),
    conversation(random, "random"),
  ]);
  await using screen = await renderScreen({ state });
  screen.press("\u000E");
  screen.press("\u0010");
  screen.press("\u001B[1;3B");
  screen.press("\u001B2");
  await screen.until(() => screen.asked("openConversation").length === 4);
  assert.deepEqual(screen.asked("openConversation"), [[general], [random], [general], [random]]);
});

test("the header counts down to the next try while there is no connection", async () => {
  const state = chatState([conversation(general, "general")]);
  await using screen = await renderScreen({ state });
  screen.store.update((now) => ({
    ...now,
    link: { state: "offline", reason: "The server closed the connection.", retryAt: noon + 4000 },
  }));
  const text = await screen.untilShown("○ offline, retry in 4 s");
  assert.match(text, /! The server closed the connection\. Ctrl-R tries now\./);
  screen.pass(1000);
  await screen.untilShown("○ offline, retry in 3 s");
  screen.press("\u0012");
  await screen.until(() => screen.asked("reconnectNow").length > 0);
});

test("the members pane names roles by letter and presence by sign and word", async () => {
  const state = chatState([conversation(general, "general")]);
  await using screen = await renderScreen({ state });
  screen.press("\u001BOS");
  await screen.untilShown("loading…");
  assert.deepEqual(screen.asked("loadMembers"), [["general"]]);
  screen.store.update((now) =>
    withConversation(now, general, (room) => ({
      ...room,
      members: {
        state: "known",
        list: [
          { id: bob, username: "bob", role: "moderator" },
          { id: ann, username: "ann", role: "owner" },
          { id: carol, username: "carol", role: "member" },
        ],
      },
    })),
  );
  const text = await screen.untilShown("Online (2)");
  assert.match(text, /● O ann\n.*● M bob\n.*\n.*Offline \(1\)\n.*○ {3}carol/);
});

test("quitting with a message still on its way asks once more", async () => {
  const room = conversation(general, "general", {
    outgoing: [outgoing("wait", { state: "sending" })],
  });
  await using screen = await renderScreen({ state: chatState([room]) });
  screen.press("\u0011");
  await screen.untilShown("1 message is not sent yet");
  screen.press("x");
  await screen.untilShown("> x");
  screen.press("\u0003");
  screen.press("\u0003");
  await screen.closed;
  assert.equal(screen.terminal.modes.has("1049"), false);
  assert.equal(screen.terminal.modes.has("2004"), false);
  assert.equal(screen.terminal.cursor.isShown, true);
});

test("quitting with a message that cannot be kept says that it is lost here", async () => {
  const room = conversation(general, "general", {
    outgoing: [outgoing("wait", { state: "sending" })],
  });
  const state = { ...chatState([room]), unkept: "The disk is full." };
  await using screen = await renderScreen({ state });
  screen.press("\u0011");
  const text = await screen.untilShown("1 message is not sent yet");
  assert.match(text.replace(/\s+(?:│)?/g, " "), /what is lost by quitting is printed at the end/);
});

test("a notice can be dismissed, and one that only informs goes by itself", async () => {
  const state = chatState([conversation(general, "general")], {
    notices: [{ id: 7, severity: "error", text: "The room is full.", at: noon }],
  });
  await using screen = await renderScreen({
    state,
    actions: { dismissNotice: () => screen.store.update((now) => ({ ...now, notices: [] })) },
  });
  await screen.untilShown("! The room is full.");
  screen.press("\u001B");
  await screen.untilGone("The room is full.");
  screen.store.update((now) => ({
    ...now,
    notices: [{ id: 8, severity: "info", text: "bob is back", at: noon }],
  }));
  await screen.untilShown("i bob is back");
  screen.pass(6000);
  await screen.untilGone("bob is back");
  assert.deepEqual(screen.asked("dismissNotice"), [[7], [8]]);
});

test("without colour no colour is sent, and everything is still said", async () => {
  const state = chatState([conversation(general, "general", { entries: messages(1, 3) })]);
  await using screen = await renderScreen({ state, isColoured: false });
  await screen.untilShown("message 3");
  assert.deepEqual(
    [...screen.terminal.styles].filter((style) => /^3\d|^9\d/.test(style)),
    [],
  );
});

test("Tab completes a command, then the name it takes, and the name of who is written to", async () => {
  const state = chatState([conversation(general, "general"), conversation(random, "random")]);
  await using screen = await renderScreen({ state });
  screen.press("/mem\t");
  await screen.untilShown("> /members");
  screen.press("\u0015/ms\t");
  await screen.untilShown("> /msg");
  screen.press("ca\t");
  await screen.untilShown("> /msg carol");
  screen.press("\u0015bo\tlook");
  await screen.untilShown("> bob: look");
  screen.press("\u0015/l\t");
  const text = await screen.untilShown("/leave");
  assert.match(text, /i \/leave {2}\/logout/);
  assert.deepEqual(screen.asked("send"), []);
});

test("a command is carried out, is not sent, and tells nobody that something is written", async () => {
  await using screen = await renderScreen({ state: chatState([conversation(general, "general")]) });
  screen.press("/frobnicate");
  await screen.untilShown("> /frobnicate");
  assert.deepEqual(screen.asked("setDraft"), []);
  screen.press("\r");
  await screen.untilShown("! There is no command /frobnicate.");
  screen.press("//home\r");
  await screen.until(() => screen.asked("send").length > 0);
  assert.deepEqual(screen.asked("send"), [[general, "/home"]]);
});

test("a message that is refused at once stays in the composer", async () => {
  await using screen = await renderScreen({
    state: chatState([conversation(general, "general")]),
    actions: { send: () => ({ ok: false, message: "You have left this room." }) },
  });
  screen.press("still here\r");
  await screen.untilShown("! You have left this room.");
  assert.match(screen.terminal.text(), /> still here/);
});

test("a message too long to paste is refused with how much too long it is", async () => {
  await using screen = await renderScreen({ state: chatState([conversation(general, "general")]) });
  screen.paste("x".repeat(4100));
  await screen.untilShown("! That is 4 bytes too long");
  assert.match(screen.terminal.text(), /Write a message/);
});

test("what was erased, and what became of the room and its people, stands in its place", async () => {
  const at = noon - HOUR;
  const entries = [
    { kind: "deleted", seq: 1, at, id: message(1, "").id, authorId: carol, deletedBy: bob },
    { kind: "deleted", seq: 1.1, at, id: message(1, "").id, authorId: bob, deletedBy: bob },
    { kind: "deleted", seq: 1.2, at, id: message(1, "").id, authorId: bob, deletedBy: ann },
    {
      kind: "deleted",
      seq: 1.3,
      at,
      id: message(1, "").id,
      authorId: stranger,
      deletedBy: stranger,
    },
    { kind: "deleted", seq: 1.4, at, id: message(1, "").id, authorId: undefined, deletedBy: bob },
    { kind: "role", seq: 2, at, authorId: bob, author: "bob", role: "moderator" },
    {
      kind: "room_change",
      seq: 3,
      at,
      changes: ["name", "description", "settings.public", "settings.max_members"],
      title: "salon",
      description: "Tea",
      settings: {
        description: "Tea",
        is_private: true,
        public: false,
        max_members: 12,
        moderated: false,
        join_role: "member",
        history: "joined",
      },
    },
    { ...message(5, "fine"), edited: true },
  ] as const;
  const room = conversation(general, "general", { entries });
  await using screen = await renderScreen({ state: chatState([room]), columns: 120 });
  const text = await screen.untilShown("message deleted by bob");
  assert.match(text, /× │ message by carol deleted by bob\n/);
  assert.match(text, /× │ bob deleted the message\n/);
  assert.match(text, /× │ message by bob deleted by you\n/);
  assert.match(text, /× │ message deleted by its author\n/);
  assert.match(text, /× │ message deleted by bob\n/);
  assert.match(text, /\* │ bob is a moderator now/);
  assert.match(
    text,
    /called #salon now; the topic is: Tea; the room is private now;\n.*at most 12 may be in/,
  );
  assert.match(text, /fine {2}\(edited\)/);
});
