import assert from "node:assert/strict";
import { test } from "node:test";
import type { InvitationId, RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import type { Actions, SentInvitation } from "../actions/actions.ts";
import { createStore } from "../store/create-store.ts";
import type { DirectoryRoom, State } from "../store/state.ts";
import { recordingActions } from "../test/recording-actions.ts";
import {
  ann,
  bob,
  carol,
  chatState,
  conversation,
  general,
  invitation,
  message,
  outgoing,
  random,
} from "../test/sample-chat.ts";
import { closestName } from "./closest.ts";
import { parseTyped } from "./parse.ts";
import { quoteOf } from "./quote.ts";
import { runCommand } from "./run-command.ts";
import type { SlashScreen } from "./slash-command.ts";
import { slashCommands } from "./table.ts";

const directoryRoom = (name: string): DirectoryRoom => ({
  id: name as RoomId,
  name,
  description: undefined,
  memberCount: 1,
  isMember: false,
  isPrivate: false,
});

/** Carries out what was typed, and tells what it asked for and what was said. */
async function carryOut(typed: string, state: State, given: Partial<Actions> = {}) {
  const store = createStore(state);
  const recording = recordingActions(given);
  const said: string[] = [];
  const called: string[] = [];
  const screen: SlashScreen = {
    say: (_severity, text) => said.push(text),
    showHelp: () => called.push("help"),
    showFinder: (scope) => called.push(`finder ${scope}`),
    showCreateRoom: (name) => called.push(`create ${name}`),
    toggleMembers: () => called.push("members"),
    show: (name) => called.push(name),
    chooseMessage: () => called.push("choose message"),
    editLast: () => called.push("edit last"),
    quit: () => called.push("quit"),
  };
  const parsed = parseTyped(typed);
  assert.ok(parsed.kind === "command");
  await runCommand(
    { state: store.get, actions: recording.actions, screen },
    parsed.name,
    parsed.argument,
  );
  return { recorded: recording.recorded, said, called };
}

const inGeneral = () =>
  chatState([conversation(general, "General"), conversation(random, "random")]);

test("a slash begins a command, two send one as it is", () => {
  assert.deepEqual(parseTyped("/Join  #general "), {
    kind: "command",
    name: "join",
    argument: "#general",
  });
  assert.deepEqual(parseTyped("//etc/hosts"), { kind: "message", content: "/etc/hosts" });
  assert.deepEqual(parseTyped("either/or"), { kind: "message", content: "either/or" });
  assert.deepEqual(parseTyped("/msg bob two\nlines"), {
    kind: "command",
    name: "msg",
    argument: "bob two\nlines",
  });
});

test("a mistyped command is named together with the one that was meant", async () => {
  const { said, recorded } = await carryOut("/jion general", inGeneral());
  assert.match(said[0] ?? "", /no command \/jion\. Did you mean \/join\?/);
  assert.deepEqual(recorded, []);
  const far = await carryOut("/xyzzy", inGeneral());
  assert.match(far.said[0] ?? "", /\/help lists them all/);
});

test("names of commands are unique, and usage begins with them", () => {
  const names = slashCommands.map(({ name }) => name);
  assert.deepEqual(names, [...new Set(names)]);
  for (const { name, usage } of slashCommands) assert.ok(usage.startsWith(`/${name}`));
});

test("join goes to a room one is in, and joins one that is found", async () => {
  const there = await carryOut("/join #general", inGeneral());
  assert.deepEqual(there.recorded, [["openConversation", general]]);
  const directory = {
    rooms: [directoryRoom("Cooking")],
    users: [],
    loading: false,
    failed: undefined,
  };
  const joined = await carryOut("/join cooking", { ...inGeneral(), directory });
  assert.deepEqual(joined.recorded, [
    ["searchRooms", "cooking"],
    ["joinRoom", "Cooking"],
    ["openConversation", "room:Cooking"],
  ]);
});

test("join says which room was meant, or why the server could not be asked", async () => {
  const directory = {
    rooms: [directoryRoom("cooking")],
    users: [],
    loading: false,
    failed: undefined,
  };
  const { said } = await carryOut("/join coking", { ...inGeneral(), directory });
  assert.match(said[0] ?? "", /no room called #coking\. Did you mean #cooking\?/);
  const offline = await carryOut("/join x", inGeneral(), {
    searchRooms: async () => ({ ok: false, message: "There is no connection." }),
  });
  assert.deepEqual(offline.said, ["There is no connection."]);
});

test("create takes the name and whether the room is private", async () => {
  const { recorded } = await carryOut("/create #war room --private", inGeneral());
  assert.deepEqual(recorded, [
    ["createRoom", { name: "war room", description: "", isPrivate: true }],
    ["openConversation", "room:new-room"],
  ]);
  assert.deepEqual((await carryOut("/create", inGeneral())).called, ["create "]);
});

test("msg opens the conversation and sends what follows the name", async () => {
  const { recorded } = await carryOut("/msg Bob hi there", inGeneral());
  assert.deepEqual(recorded, [
    ["openDirect", bob, "bob"],
    ["send", `dm:${bob}`, "hi there"],
  ]);
  const unknown = await carryOut("/msg bbo hi", inGeneral());
  assert.match(unknown.said[0] ?? "", /nobody called bbo\. Did you mean bob\?/);
});

test("leave leaves the room on screen, and only a room", async () => {
  const left = await carryOut("/leave", inGeneral());
  assert.deepEqual(left.recorded, [["leaveRoom", "general"]]);
  assert.deepEqual(left.said, ["You left #General."]);
  const nowhere = await carryOut("/leave", chatState([]));
  assert.match(nowhere.said[0] ?? "", /Go to a room/);
});

test("who names those who are online", async () => {
  const member = (id: UserId) => ({ id, username: id, role: "member" as const });
  const room = conversation(general, "general", {
    members: { state: "known", list: [member(ann), member(bob), member(carol)] },
  });
  const { said } = await carryOut("/who", chatState([room]));
  assert.deepEqual(said, ["2 of 3 in #general are online: ann, bob."]);
});

test("logout asks once more while something is not sent", async () => {
  const room = conversation(general, "general", {
    outgoing: [outgoing("wait", { state: "sending" })],
  });
  const asked = await carryOut("/logout", chatState([room]));
  assert.deepEqual(asked.recorded, []);
  assert.match(asked.said[0] ?? "", /\/logout anyway/);
  assert.deepEqual((await carryOut("/logout anyway", chatState([room]))).recorded, [["signOut"]]);
  assert.deepEqual((await carryOut("/logout", chatState([]))).recorded, [["signOut"]]);
});

test("the others only open what the screen has", async () => {
  for (const [typed, wanted] of [
    ["/help", "help"],
    ["/rooms", "finder rooms"],
    ["/users", "finder people"],
    ["/members", "members"],
    ["/quit", "quit"],
    ["/join", "finder rooms"],
    ["/msg", "finder people"],
    ["/menu", "menu"],
    ["/manage", "members"],
    ["/settings", "settings"],
    ["/bans", "bans"],
    ["/sent", "sent"],
    ["/invitations", "invitations"],
    ["/blocked", "blocked"],
    ["/profile", "profile"],
    ["/password", "password"],
    ["/admin", "admin"],
    ["/admin users", "users"],
    ["/admin rooms", "rooms"],
    ["/admin notice", "notice"],
    ["/admin invite", "invite"],
    ["/admin invites", "invites"],
    ["/reply", "choose message"],
    ["/select", "choose message"],
  ] as const) {
    assert.deepEqual((await carryOut(typed, inGeneral())).called, [wanted], typed);
  }
});

test("a name is close when it begins so or differs in a letter or two", () => {
  assert.equal(closestName("memb", ["help", "members"]), "members");
  assert.equal(closestName("hepl", ["help", "members"]), "help");
  assert.equal(closestName("q", ["help", "members"]), undefined);
  assert.equal(closestName("x".repeat(10_000), ["help"]), undefined);
});

const ownRoom = () =>
  chatState([
    conversation(general, "general", {
      role: "owner",
      entries: [message(1, "first", ann), message(2, "from bob"), message(3, "last", ann)],
    }),
  ]);

test("edit and delete mean one's own last message in the conversation on screen", async () => {
  const edited = await carryOut("/edit last, but better", ownRoom());
  assert.deepEqual(edited.recorded, [["editMessage", "m3", "last, but better"]]);
  assert.deepEqual((await carryOut("/edit", ownRoom())).called, ["edit last"]);
  const asked = await carryOut("/delete", ownRoom());
  assert.deepEqual(asked.recorded, []);
  assert.match(asked.said[0] ?? "", /"last".*\/delete yes does it/);
  assert.deepEqual((await carryOut("/delete yes", ownRoom())).recorded, [["deleteMessage", "m3"]]);
  for (const typed of ["/edit x", "/delete yes"]) {
    const none = await carryOut(typed, inGeneral());
    assert.deepEqual(none.recorded, [], typed);
    assert.match(none.said[0] ?? "", /no message of yours/);
  }
});

test("commands about members take the room on screen and the person named", async () => {
  for (const [typed, ...wanted] of [
    ["/kick bob", "kick", "general", bob],
    ["/ban @Bob being loud", "ban", "general", bob, "being loud"],
    ["/unban bob", "unban", "general", bob],
    ["/role bob Moderator", "setMemberRole", "general", bob, "moderator"],
    ["/transfer bob yes", "transferOwnership", "general", bob],
    ["/invite carol do come", "inviteToRoom", "general", carol, "do come"],
    ["/block bob", "blockUser", bob],
    ["/unblock bob", "unblockUser", bob],
    ["/topic All else", "updateRoom", "general", { description: "All else" }],
    ["/rename #salon", "updateRoom", "general", { name: "salon" }],
    ["/private", "updateRoom", "general", { isPrivate: true }],
    ["/public", "updateRoom", "general", { isPrivate: false }],
    ["/deleteroom yes", "deleteRoom", "general"],
    ["/admin ban bob 48h spam", "banUser", bob, "spam", 48],
    ["/admin ban bob spam", "banUser", bob, "spam", undefined],
    ["/admin unban bob", "unbanUser", bob],
    ["/admin role bob admin", "setUserRole", bob, "admin"],
    ["/admin notice Back at noon", "sendNotice", "Back at noon", "info"],
    ["/admin notice !! Leave now", "sendNotice", "Leave now", "critical"],
    [
      "/admin deleteroom 01890000-0000-7000-8000-00000000000A yes it is spam",
      "deleteAnyRoom",
      "01890000-0000-7000-8000-00000000000a",
      "it is spam",
    ],
    ["/settings limit 50", "updateRoom", "general", { settings: { max_members: 50 } }],
    ["/settings limit none", "updateRoom", "general", { settings: { max_members: null } }],
    ["/settings Moderated on", "updateRoom", "general", { settings: { moderated: true } }],
    [
      "/settings join-as moderator",
      "updateRoom",
      "general",
      { settings: { join_role: "moderator" } },
    ],
    ["/settings history joined", "updateRoom", "general", { settings: { history: "joined" } }],
    ["/settings private yes", "updateRoom", "general", { isPrivate: true }],
    ["/settings topic", "updateRoom", "general", { description: "" }],
  ] as const) {
    const { recorded, said } = await carryOut(typed, ownRoom());
    assert.deepEqual(recorded, [wanted], typed);
    assert.equal(said.length, 1, typed);
  }
});

/** What only asks. */
const asking: ReadonlySet<string> = new Set(["stats", "listRooms", "listSentInvitations"]);

test("what is missing is said with how to say it, and nothing is done", async () => {
  for (const [typed, wanted] of [
    ["/kick", /Say whom: \/kick NAME/],
    ["/role bob king", /Say which role: \/role NAME/],
    ["/rename", /Say how: \/rename NAME/],
    ["/deleteroom", /everything in it.*\/deleteroom yes/],
    ["/admin what", /\/admin stats, \/admin users/],
    ["/admin deleteroom attic", /no room called #attic/],
    ["/admin deleteroom 01890000-0000-7000-8000-00000000000a", /deleteroom .* yes does it/],
    ["/transfer bob", /only bob could change that.*\/transfer bob yes/],
    ["/settings limit many", /a number up to 1000000, or none/],
    ["/settings limit 0", /a number up to/],
    ["/settings limits 3", /Did you mean limit\?/],
    ["/uninvite bob", /No invitation of yours/],
    ["/admin stas", /Did you mean \/admin stats/],
    ["/admin stats", /not allowed/],
  ] as const) {
    const { recorded, said } = await carryOut(typed, ownRoom());
    assert.match(said[0] ?? "", wanted, typed);
    assert.equal(recorded.filter(([name]) => !asking.has(name)).length, 0, typed);
  }
  const nowhere = await carryOut("/kick bob", chatState([]));
  assert.match(nowhere.said[0] ?? "", /Go to a room/);
});

test("what the server refuses is said in its words", async () => {
  const { said } = await carryOut("/kick bob", ownRoom(), {
    kick: async () => ({ ok: false, message: "You are not allowed to do that." }),
  });
  assert.deepEqual(said, ["You are not allowed to do that."]);
});

test("accept and decline take the only invitation or the one to the room named", async () => {
  const one = { ...ownRoom(), invitations: [invitation("salon")] };
  const two = { ...ownRoom(), invitations: [invitation("salon"), invitation("attic")] };
  const load = ["loadInvitations"];
  assert.deepEqual((await carryOut("/accept", one)).recorded, [
    load,
    ["acceptInvitation", "salon"],
    ["openConversation", "room:new-room"],
  ]);
  const declined = await carryOut("/decline #Attic", two);
  assert.deepEqual(declined.recorded, [load, ["declineInvitation", "attic"]]);
  assert.deepEqual((await carryOut("/accept", two)).called, ["invitations"]);
  const other = await carryOut("/accept cellar", two);
  assert.match(other.said[0] ?? "", /No invitation to #cellar/);
  assert.match((await carryOut("/accept", ownRoom())).said[0] ?? "", /No invitation waits/);
});

test("a password never stands behind its command", async () => {
  const { called, recorded } = await carryOut("/password secret", ownRoom());
  assert.deepEqual([called, recorded], [["password"], []]);
});

test("a reply quotes the newest message in words that every client shows", async () => {
  const { recorded } = await carryOut("/reply so be it", ownRoom());
  assert.deepEqual(recorded, [["send", general, "> ann: last\nso be it"]]);
  const { said } = await carryOut("/reply hm", inGeneral());
  assert.match(said[0] ?? "", /no message here to answer/);
});

test("a quote is one line, not endless, and leaves out what is quoted itself", () => {
  const quoted = (content: string) => quoteOf({ author: "ann", content });
  assert.equal(quoted("hello"), "> ann: hello");
  assert.equal(quoted("\n  first\r\nsecond"), "> ann: first…");
  assert.equal(quoted("> bob: why?\nbecause"), "> ann: because");
  assert.equal(quoted("> all of it"), "> ann: > all of it");
  const long = quoted("\u{1f44b}".repeat(200));
  assert.equal(long, `> ann: ${"\u{1f44b}".repeat(100)}…`);
});

test("logout says what would be lost: unsent and refused messages, and drafts", async () => {
  const room = conversation(general, "general", {
    outgoing: [
      outgoing("wait", { state: "sending" }),
      outgoing("no", { state: "failed", message: "refused" }),
      outgoing("done", { state: "sent", seq: 1 }),
    ],
  });
  const other = conversation(random, "random", { draft: "half a" });
  const { said, recorded } = await carryOut("/logout", chatState([room, other]));
  assert.deepEqual(recorded, []);
  assert.match(said[0] ?? "", /delete 2 unsent messages and 1 draft\. \/logout anyway/);
});

test("an invitation is taken back by the name of who was invited", async () => {
  const sent = (id: string, status: "pending" | "declined"): SentInvitation => ({
    id: id as InvitationId,
    room_id: "general" as RoomId,
    room_name: "general",
    inviter_id: ann,
    inviter_name: "ann",
    invitee_id: bob,
    invitee_name: "bob",
    status,
    message: null,
    created_at: "2026-11-20T12:00:00Z",
    expires_at: "2026-11-27T12:00:00Z",
    responded_at: null,
  });
  const pages = [[sent("old", "declined")], [sent("new", "pending")]];
  const { recorded, said } = await carryOut("/uninvite bob", ownRoom(), {
    listSentInvitations: async (offset) => ({
      ok: true,
      value: { items: pages[offset] ?? [], total: 2 },
    }),
  });
  assert.deepEqual(recorded.at(-1), ["cancelInvitation", "new"]);
  assert.match(said[0] ?? "", /of bob is taken back/);
});
