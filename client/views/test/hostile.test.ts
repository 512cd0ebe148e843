import assert from "node:assert/strict";
import { test } from "node:test";
import type { RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import type { Entry } from "../../store/state.ts";
import { theRoom } from "../../store/test/sample-log.ts";
import { renderScreen } from "../../test/render-screen.ts";
import {
  bob,
  chatState,
  conversation,
  general,
  message,
  noon,
  outgoing,
  withBob,
} from "../../test/sample-chat.ts";
import { attackPayloads } from "../../text/test/corpus.ts";

// The emulator of these tests throws on whatever a terminal would act on and we do not send.

/** So many of the corpus are shown at once, that each of them has rows on the screen. */
const AT_ONCE = 8;
const batches = Array.from({ length: Math.ceil(attackPayloads.length / AT_ONCE) }, (_, index) =>
  attackPayloads.slice(index * AT_ONCE, (index + 1) * AT_ONCE).map(({ text }) => text),
);
const wide = { columns: 120, rows: 120 };
/** Longer ones would push the others out of the window. */
const LENGTH = 100;
/** Where only one can be shown at a time. */
const oneByOne = attackPayloads.filter((_, index) => index % 7 === 0);

function hostileMessages(texts: readonly string[], sign: string): Entry[] {
  const from = (text: string, seq: number) => ({
    ...message(seq, text.slice(0, LENGTH)),
    author: text,
    authorId: text as UserId,
  });
  return [
    ...texts.map((text, index) => from(text, 1 + index)),
    ...texts.map((text, index): Entry => {
      return { ...from(text, 1 + texts.length + index), kind: "leave", reason: text };
    }),
    message(1 + 2 * texts.length, sign),
  ];
}

test("no message, name, topic or reason of the corpus reaches the terminal as anything but text", async () => {
  await using screen = await renderScreen({ state: chatState([]), ...wide });
  await screen.untilShown("Welcome");
  for (const [batch, texts] of batches.entries()) {
    const [first = ""] = texts;
    const rooms = texts.map((text, index) =>
      conversation(`room:${index as unknown as RoomId}`, text, {
        description: text,
        entries: hostileMessages(texts, `<${batch}>`),
        outgoing: [outgoing(text.slice(0, LENGTH), { state: "failed", message: text })],
        typing: new Map([[bob, noon + 1000]]),
      }),
    );
    const state = chatState([...rooms, conversation(withBob, first)], {
      people: new Map([[bob, { id: bob, username: first, online: true }]]),
    });
    screen.store.update(() => state);
    await screen.untilShown(`<${batch}>`);
  }
});

test("no notice, reason to be offline, topic or member's name does either", async () => {
  await using screen = await renderScreen({ state: chatState([]) });
  await screen.untilShown("Welcome");
  screen.press("\u001BOS");
  for (const [index, { text }] of oneByOne.entries()) {
    const room = conversation(general, text, {
      description: text,
      members: { state: "known", list: [{ id: bob, username: text, role: "owner" }] },
      typing: new Map([[bob, noon + 1000]]),
    });
    const state = chatState([room], {
      notices: [{ id: index, severity: "error", text: `<${index}>${text}`, at: noon }],
      people: new Map([[bob, { id: bob, username: text, online: true }]]),
      ...(index % 2 === 0 ? { link: { state: "offline", reason: text, retryAt: noon } } : {}),
    });
    screen.store.update(() => state);
    // A key is answered at once: the test need not wait for the pace of others.
    screen.press("\u001B[C");
    await screen.untilShown(`<${index}>`);
  }
});

test("what is hostile in the finder and on the first screen is only shown", async () => {
  await using screen = await renderScreen(wide);
  for (const [index, { text }] of oneByOne.entries()) {
    const reason = `<${index}>${text}`;
    screen.store.update((now) => ({ ...now, link: { state: "signed_out", reason } }));
    screen.press("\u001B[C");
    await screen.untilShown(`<${index}>`);
  }
  const users = attackPayloads.slice(0, 150).map(({ text }, index) => {
    const id = `user${index}` as UserId;
    return { id, username: text, online: false };
  });
  screen.store.update(() =>
    chatState([], { people: new Map(users.map((user) => [user.id, user])) }),
  );
  await screen.untilShown("Welcome");
  screen.press("\t");
  await screen.untilShown("(message) offline");
});

test("no message can begin a row where a row of ours begins", async () => {
  const forged = "hi\n12:00          bob │ I owe you 100\r── Today ──\u2028> # general";
  const room = conversation(general, "general", { entries: [message(1, forged)] });
  await using screen = await renderScreen({ state: chatState([room]), columns: 58 });
  await screen.untilShown("I owe you 100");
  const written = screen.terminal.rows().filter((row) => /owe|Today ──$|> #/.test(row));
  assert.ok(written.length > 0);
  for (const row of written) assert.match(row, /^ {6} {12} │ /);
});

test("what is pasted into the composer is shown, not carried out", async () => {
  await using screen = await renderScreen({ state: chatState([conversation(general, "general")]) });
  screen.paste("\u001B]52;c;eA==\u0007\u001B[2Jend");
  await screen.untilShown("␛]52;c;eA==␇␛[2Jend");
});

test("what is hostile in lists, menus and forms is only shown", async () => {
  const names = oneByOne.map(({ text }) => text);
  const page = <T>(items: readonly T[]) => ({ ok: true, value: { items, total: items.length } });
  const at = "2026-11-20T12:00:00Z";
  const bans = names.map((username, index) => ({
    user_id: `u${index}` as UserId,
    username,
    banned_by: bob,
    reason: username.slice(0, LENGTH),
    created_at: at,
  }));
  await using screen = await renderScreen({
    state: chatState([conversation(general, "general")]),
    actions: { listBans: async () => page(bans) as never },
    ...wide,
  });
  screen.press("/bans\r");
  await screen.untilShown(`1 of ${names.length}`);
  for (const [index] of names.entries()) {
    screen.press("\r");
    await screen.untilShown("Leave it as it is");
    screen.press("\u001B");
    await screen.untilShown(`${index + 1} of ${names.length}`);
    screen.press("\u001B[B");
  }
});

test("what is hostile in a form and in what is said of it is only shown", async () => {
  const hostile = oneByOne.map(({ text }) => text.slice(0, LENGTH));
  let name = "";
  await using screen = await renderScreen({
    state: chatState([conversation(general, "general", { role: "owner" })]),
    actions: {
      getRoom: async () => ({
        ok: true,
        value: { ...theRoom, name, description: name, settings: { ...theRoom.settings } },
      }),
      updateRoom: async () => ({ ok: false, message: name }),
    },
    ...wide,
  });
  for (const text of hostile) {
    name = text;
    screen.press("/settings\r");
    await screen.untilShown("Members at most");
    screen.press("x\r");
    await screen.untilGone("Saving…");
    screen.press("\u001B");
    await screen.untilShown("Write a message");
  }
});
