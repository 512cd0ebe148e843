import assert from "node:assert/strict";
import { test } from "node:test";
import type { RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import type { Role } from "@lair-chat/protocol/messages/shapes.ts";
import type { ListedRoom, ListedUser, ServerStats } from "../../actions/actions.ts";
import { theRoom } from "../../store/test/sample-log.ts";
import { renderScreen } from "../../test/render-screen.ts";
import { ann, chatState, conversation, general } from "../../test/sample-chat.ts";

const F9 = "\u001B[20~";
const ESCAPE = "\u001B";
const DOWN = "\u001B[B";
const PAGE_DOWN = "\u001B[6~";
const CTRL_R = "\u0012";

const stats: ServerStats = {
  total_users: 3012,
  total_rooms: 7,
  online_users: 41,
  users: { total: 3012, online: 41, created_today: 5 },
  rooms: { total: 7, public: 4, active: 2 },
  messages: { total: 90_000, today: 120, this_hour: 9 },
  connections: { tcp: 38, http_sessions: 60, websocket: 3 },
  uptime_seconds: 3 * 86_400,
};

const user = (index: number, role: Role = "user"): ListedUser => ({
  id: `u${index}` as UserId,
  username: `user${String(index).padStart(4, "0")}`,
  email: "",
  role,
  created_at: "2026-11-20T12:00:00Z",
  updated_at: "2026-11-20T12:00:00Z",
  last_seen_at: null,
  online: index % 2 === 0,
});

const everybody = Array.from({ length: 3012 }, (_, index) => user(index));
const PAGE = 100;

/** A server with thousands of users, that counts what it is asked. */
function manyUsers() {
  const asked: (readonly [string, number])[] = [];
  const listUsers = async (search: string, offset: number) => {
    asked.push([search, offset]);
    const found = everybody.filter(({ username }) => username.includes(search));
    const items = found.slice(offset, offset + PAGE);
    return { ok: true, value: { items, total: found.length } } as const;
  };
  return { asked, listUsers };
}

const asAdmin = () => {
  const state = chatState([conversation(general, "general")]);
  assert.ok(state.me);
  return { ...state, me: { ...state.me, role: "admin" as const } };
};
const showStats = async () => ({ ok: true, value: stats }) as const;

test("the administration is offered to admins only, and shows what the server says of itself", async () => {
  const plain = chatState([conversation(general, "general")]);
  await using other = await renderScreen({ state: plain });
  other.press(F9);
  await other.untilShown("What do you want to do?");
  assert.doesNotMatch(other.terminal.text(), /Administration/);

  await using screen = await renderScreen({ state: asAdmin(), actions: { stats: showStats } });
  screen.press(F9);
  await screen.untilShown("Administration of the server");
  screen.press("a");
  const text = await screen.untilShown("3012, 41 online, 5 new today");
  assert.match(text, /38 TCP, 3 WebSocket/);
  assert.match(text, /Running for {2}3 days/);
  screen.press(ESCAPE);
  await screen.untilShown("What do you want to do?");
  screen.press(ESCAPE);
  await screen.untilShown("Write a message");
});

test("whoever is no admin reads the server's refusal", async () => {
  await using screen = await renderScreen({ state: chatState([]) });
  screen.press("/admin\r");
  await screen.untilShown("! You are not allowed to do that.");
});

test("of thousands of users only those parts are asked for that are looked at", async () => {
  const { asked, listUsers } = manyUsers();
  await using screen = await renderScreen({ state: asAdmin(), actions: { listUsers } });
  screen.press("/admin users\r");
  const text = await screen.untilShown("> ● user0000");
  assert.match(text, /1 of 3012/);
  assert.deepEqual(asked, [["", 0]]);
  for (let page = 0; page < 8; page += 1) screen.press(PAGE_DOWN);
  await screen.untilShown("> ● user0160");
  assert.deepEqual(asked, [
    ["", 0],
    ["", 100],
    ["", 200],
  ]);
  screen.press("r2999");
  await screen.untilShown("searching…");
  screen.pass(199);
  assert.equal(asked.length, 3, "letters are gathered before the server is asked");
  screen.pass(1);
  await screen.untilShown("1 of 1");
  assert.deepEqual(asked.at(-1), ["r2999", 0]);
  await screen.untilShown("> ○ user2999");
});

test("what an answer to an older search brings is not shown", async () => {
  const first = Promise.withResolvers<void>();
  const listUsers = async (search: string) => {
    if (search === "ab") await first.promise;
    const items = [{ ...user(1), username: `found by ${search}` }];
    return { ok: true, value: { items, total: 1 } } as const;
  };
  await using screen = await renderScreen({ state: asAdmin(), actions: { listUsers } });
  screen.press("/admin users\r");
  await screen.untilShown("found by");
  screen.press("ab");
  await screen.untilShown("Find: ab");
  screen.pass(200);
  screen.press("c");
  await screen.untilShown("Find: abc");
  screen.pass(200);
  await screen.untilShown("> ○ found by abc");
  first.resolve();
  // All that follows from it has happened by then.
  await new Promise(setImmediate);
  screen.press("d");
  assert.match(await screen.untilShown("Find: abcd"), /> ○ found by abc\b/);
});

test("a list that could not be had says so, and is asked for again", async () => {
  let isDown = true;
  const { listUsers } = manyUsers();
  const failing = async (search: string, offset: number) =>
    isDown
      ? ({ ok: false, message: "There is no connection." } as const)
      : listUsers(search, offset);
  await using screen = await renderScreen({ state: asAdmin(), actions: { listUsers: failing } });
  screen.press("/admin users\r");
  await screen.untilShown("could not be loaded: There is no connection. Ctrl-R tries again.");
  isDown = false;
  screen.press(CTRL_R);
  await screen.untilShown("> ● user0000");
});

test("a user is banned for some hours with a reason, and the list comes back with a word about it", async () => {
  const { listUsers } = manyUsers();
  await using screen = await renderScreen({ state: asAdmin(), actions: { listUsers } });
  screen.press("/admin users\r");
  await screen.untilShown("> ● user0000");
  screen.press(DOWN);
  await screen.untilShown("> ○ user0001");
  screen.press("\r");
  await screen.untilShown("b  Ban user0001 from this server");
  screen.press("b");
  await screen.untilShown("empty: for good");
  screen.press("soon\r");
  await screen.untilShown("Hours: say a number");
  screen.press("\u001548\tspam\r");
  await screen.untilShown("user0001 is banned from this server for 48 h.");
  assert.deepEqual(screen.asked("banUser"), [["u1", "spam", 48]]);
  await screen.untilShown("> ○ user0001");
});

test("making somebody an admin is asked twice, and a refusal stays to be read", async () => {
  const { listUsers } = manyUsers();
  const setUserRole = async () => ({ ok: false, message: "Not you." }) as const;
  const actions = { listUsers, setUserRole };
  await using screen = await renderScreen({ state: asAdmin(), actions });
  screen.press("/admin users\r");
  await screen.untilShown("> ● user0000");
  screen.press("\r");
  await screen.untilShown("Make user0000 an admin of this server");
  screen.press("a");
  await screen.untilShown("> n  No, go back");
  screen.press("\r");
  await screen.untilShown("Users of this server");
  assert.deepEqual(screen.asked("setUserRole"), []);
  screen.press("\r");
  await screen.untilShown("a  Make user0000 an admin");
  screen.press("a");
  await screen.untilShown("y  Yes, user0000 is to be an admin");
  screen.press("y");
  await screen.untilShown("! Not you.");
  assert.deepEqual(screen.asked("setUserRole"), [["u0", "admin"]]);
});

test("one is not offered to ban oneself", async () => {
  const me = { ...user(0, "admin"), id: ann, username: "ann" };
  const listUsers = async () => ({ ok: true, value: { items: [me], total: 1 } }) as const;
  await using screen = await renderScreen({ state: asAdmin(), actions: { listUsers } });
  screen.press("/admin users\r");
  await screen.untilShown("ann");
  screen.press("\r");
  const text = await screen.untilShown("That is you.");
  assert.doesNotMatch(text, /[Bb]an/);
});

test("a room is deleted by an admin only after saying yes, with the reason its members see", async () => {
  const attic = { ...theRoom, id: "attic" as RoomId, name: "attic" };
  const listed: ListedRoom = { room: attic, member_count: 12, is_member: false };
  const listRooms = async () => ({ ok: true, value: { items: [listed], total: 1 } }) as const;
  await using screen = await renderScreen({ state: asAdmin(), actions: { listRooms } });
  screen.press("/admin rooms\r");
  await screen.untilShown("> # attic");
  screen.press("\r");
  await screen.untilShown("d  Delete #attic with everything in it");
  screen.press("d");
  await screen.untilShown("gone for its 12 members");
  screen.press("spam\r");
  await screen.untilShown("Say yes to");
  assert.deepEqual(screen.asked("deleteAnyRoom"), []);
  screen.press("\ty\r");
  await screen.untilShown("#attic is deleted.");
  assert.deepEqual(screen.asked("deleteAnyRoom"), [["attic", "spam"]]);
});

test("a notice goes to everybody in the kind that was chosen", async () => {
  await using screen = await renderScreen({ state: asAdmin() });
  screen.press("/admin notice\r");
  await screen.untilShown("Say something to everybody");
  screen.press("Down at noon\tc");
  await screen.untilShown("< critical >");
  screen.press("\r");
  await screen.untilShown("Told to 3 connections.");
  assert.deepEqual(screen.asked("sendNotice"), [["Down at noon", "critical"]]);
});

test("a name and Enter typed in one go mean who is found, not who was shown before", async () => {
  const { listUsers } = manyUsers();
  await using screen = await renderScreen({ state: asAdmin(), actions: { listUsers } });
  screen.press("/admin users\r");
  await screen.untilShown("> ● user0000");
  screen.press("r2999\r");
  await screen.untilShown("Make user2999 an admin");
});

test("a command that takes a moment says so, and no longer than it takes", async () => {
  const answer = Promise.withResolvers<{ ok: true; value: ServerStats }>();
  const actions = { stats: () => answer.promise };
  await using screen = await renderScreen({ state: asAdmin(), actions });
  screen.press("/admin stats\r");
  await screen.until(() => screen.asked("stats").length > 0);
  screen.pass(300);
  await screen.untilShown("One moment…");
  answer.resolve({ ok: true, value: stats });
  await screen.untilShown("3012 users (41 online)");
  assert.doesNotMatch(screen.terminal.text(), /One moment/);
});
