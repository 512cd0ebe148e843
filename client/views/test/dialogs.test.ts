import assert from "node:assert/strict";
import { test } from "node:test";
import type { RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import { slashCommands } from "../../slash/table.ts";
import { renderScreen } from "../../test/render-screen.ts";
import {
  ann,
  bob,
  chatState,
  conversation,
  general,
  invitation,
  message,
  random,
} from "../../test/sample-chat.ts";
import { keymap, showKey } from "../keymap.ts";

const F1 = "\u001BOP";
const CTRL_G = "\u0007";
const CTRL_O = "\u000F";
const ESCAPE = "\u001B";
const DOWN = "\u001B[B";
const PAGE_DOWN = "\u001B[6~";

const twoRooms = () =>
  chatState([
    conversation(general, "general"),
    conversation(random, "random", { head: 3, readSeq: 0 }),
  ]);

test("the help lists every key and every command of the tables", async () => {
  await using screen = await renderScreen({ state: twoRooms(), columns: 100, rows: 140 });
  screen.press(F1);
  const text = await screen.untilShown("Commands");
  for (const { keys, help } of Object.values(keymap)) {
    if (help === "") continue;
    assert.ok(text.includes(`  ${keys.map(showKey).join(", ")} `), `${keys} is missing`);
  }
  for (const { usage, summary } of slashCommands) {
    assert.ok(text.includes(usage), `${usage} is missing`);
    assert.ok(text.includes(summary), `${summary} is missing`);
  }
});

test("the help scrolls to its end and no further, and Escape closes it", async () => {
  await using screen = await renderScreen({ state: twoRooms() });
  screen.press(F1);
  await screen.untilShown("Show or hide this help");
  for (let page = 0; page < 9; page += 1) screen.press(PAGE_DOWN);
  const text = await screen.untilShown("How it travels");
  assert.match(text, /How it travels.*\nEsc close/);
  screen.press(ESCAPE);
  await screen.untilShown("Write a message");
});

test("the help is there before signing in too", async () => {
  await using screen = await renderScreen();
  screen.press(F1);
  await screen.untilShown("Show or hide this help");
  screen.press(F1);
  await screen.untilShown("Password");
});

test("the finder puts what is unread first and opens what is chosen", async () => {
  await using screen = await renderScreen({ state: twoRooms() });
  screen.press(CTRL_G);
  const text = await screen.untilShown("Find:");
  assert.match(text, /> # random +\(3 unread\)\n {4}# general/);
  assert.match(text, /● bob +\(message\) online/);
  screen.press("gnrl");
  await screen.untilGone("random");
  screen.press("\r");
  await screen.until(() => screen.asked("openConversation").length > 0);
  assert.deepEqual(screen.asked("openConversation"), [[general]]);
});

test("the finder asks the server, marks rooms one can join, and joins the chosen one", async () => {
  const cooking = "cooking" as RoomId;
  await using screen = await renderScreen({
    state: twoRooms(),
    actions: {
      async searchRooms() {
        screen.store.update((state) => ({
          ...state,
          directory: {
            ...state.directory,
            rooms: [
              {
                id: cooking,
                name: "cooking",
                description: "Food",
                memberCount: 4,
                isMember: false,
                isPrivate: false,
              },
            ],
          },
        }));
        return { ok: true, value: undefined };
      },
    },
  });
  screen.press("\t");
  await screen.untilShown("(join) 4 members");
  screen.press("cook");
  await screen.untilGone("random");
  screen.pass(200);
  assert.deepEqual(screen.asked("searchRooms"), [[""], ["cook"]]);
  screen.press("\r");
  await screen.until(() => screen.asked("openConversation").length > 0);
  assert.deepEqual(screen.asked("joinRoom"), [[cooking]]);
  assert.deepEqual(screen.asked("openConversation"), [["room:cooking"]]);
});

test("a person chosen in the finder is written to directly", async () => {
  await using screen = await renderScreen({ state: twoRooms() });
  screen.press(`${CTRL_G}bob`);
  await screen.untilShown("> ● bob");
  screen.press("\r");
  await screen.until(() => screen.asked("openDirect").length > 0);
  assert.deepEqual(screen.asked("openDirect"), [[bob, "bob"]]);
});

test("a long list in the finder scrolls with the chosen line", async () => {
  const people = new Map(
    Array.from({ length: 60 }, (_, index) => {
      const id = `user${String(index).padStart(2, "0")}` as UserId;
      return [id, { id, username: id, online: false }] as const;
    }),
  );
  const state = { ...twoRooms(), people };
  await using screen = await renderScreen({ state });
  screen.press(CTRL_G);
  await screen.untilShown("Find:");
  for (let line = 0; line < 40; line += 1) screen.press(DOWN);
  await screen.untilShown("> ○ user38");
  assert.doesNotMatch(screen.terminal.text(), /user01/);
});

test("a room is created with what the dialog was told, and a private one says who gets in", async () => {
  await using screen = await renderScreen({ state: twoRooms() });
  screen.press(CTRL_O);
  await screen.untilShown("Everybody on this server can find the room");
  screen.press("#kitchen\tAll about food\ty");
  const text = await screen.untilShown("/invite NAME");
  assert.match(text, /Private {5}\[x\] yes/);
  assert.match(text, /The server can read it/);
  screen.press("\r");
  await screen.until(() => screen.asked("openConversation").length > 0);
  assert.deepEqual(screen.asked("createRoom"), [
    [{ name: "kitchen", description: "All about food", isPrivate: true }],
  ]);
  assert.deepEqual(screen.asked("openConversation"), [["room:new-room"]]);
  await screen.untilShown("Write a message");
});

test("a refused room keeps the dialog open and says why", async () => {
  await using screen = await renderScreen({
    state: twoRooms(),
    actions: { createRoom: async () => ({ ok: false, message: "That name is taken." }) },
  });
  screen.press(CTRL_O);
  await screen.untilShown("Create a room");
  screen.press("\r");
  await screen.untilShown("Type a name for the room.");
  screen.press("general\r");
  await screen.untilShown("That name is taken.");
  await screen.untilShown("[general_");
});

const ALT_E = "\u001Be";
const F7 = "\u001B[18~";

test("invitations are seen beside the rooms, accepted by Enter and declined by d", async () => {
  const invitations = [invitation("salon", { message: "Do come" }), invitation("attic")];
  await using screen = await renderScreen({ state: { ...twoRooms(), invitations } });
  await screen.untilShown("Invitations (2)");
  screen.press(F7);
  const text = await screen.untilShown("Do come");
  assert.match(text, /> #salon from bob +until/);
  assert.deepEqual(screen.asked("loadInvitations"), [[]]);
  screen.press(DOWN);
  await screen.untilShown("> #attic");
  screen.press("d");
  await screen.until(() => screen.asked("declineInvitation").length > 0);
  assert.deepEqual(screen.asked("declineInvitation"), [["attic"]]);
  screen.store.update((state) => ({ ...state, invitations: invitations.slice(0, 1) }));
  await screen.untilShown("> #salon");
  screen.press("\r");
  await screen.until(() => screen.asked("openConversation").length > 0);
  assert.deepEqual(screen.asked("acceptInvitation"), [["salon"]]);
  assert.deepEqual(screen.asked("openConversation"), [["room:new-room"]]);
  await screen.untilShown("Write a message");
});

test("an invitation that cannot be accepted stays with the reason", async () => {
  await using screen = await renderScreen({
    state: { ...twoRooms(), invitations: [invitation("salon")] },
    actions: { acceptInvitation: async () => ({ ok: false, message: "The room is full." }) },
  });
  screen.press(F7);
  await screen.untilShown("> #salon");
  screen.press("\r");
  await screen.untilShown("The room is full.");
  screen.press(ESCAPE);
  await screen.untilShown("Write a message");
});

test("a password is changed unseen, and the new one is asked for twice", async () => {
  await using screen = await renderScreen({ state: twoRooms() });
  screen.press("/password\r");
  await screen.untilShown("Change your password");
  screen.press("old secret\tnew secret\tnew sceret\r");
  const text = await screen.untilShown("not the same");
  assert.doesNotMatch(text, /secret|sceret/);
  screen.press("\u0015new secret\r");
  await screen.untilShown("Your password is changed.");
  assert.deepEqual(screen.asked("changePassword"), [["old secret", "new secret"]]);
});

test("the last own message comes into the line to write in, but over nothing that is there", async () => {
  const entries = [message(1, "helo", ann), message(2, "hm?")];
  const state = chatState([conversation(general, "general", { entries })]);
  await using screen = await renderScreen({ state });
  screen.press(ALT_E);
  await screen.untilShown("> helo");
  await screen.untilShown("Editing your message: Enter saves, Esc leaves it");
  screen.press("!\r");
  await screen.until(() => screen.asked("editMessage").length > 0);
  assert.deepEqual(screen.asked("editMessage"), [["m1", "helo!"]]);
  screen.press("draft");
  await screen.untilShown("> draft");
  screen.press(ALT_E);
  await screen.untilShown("Send or clear what you are writing first.");
});
