import assert from "node:assert/strict";
import { test } from "node:test";
import type { RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import type { Actions } from "../actions/actions.ts";
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
  outgoing,
  random,
} from "../test/sample-chat.ts";
import { closestName } from "./closest.ts";
import { parseTyped } from "./parse.ts";
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
