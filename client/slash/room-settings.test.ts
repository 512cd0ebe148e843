import assert from "node:assert/strict";
import { test } from "node:test";
import type { Room } from "@lair-chat/protocol/messages/shapes.ts";
import { theRoom } from "../store/test/sample-log.ts";
import { allChanges, roomSettings } from "./room-settings.ts";

test("what a setting is shown as means no change when it is written back", () => {
  const room: Room = {
    ...theRoom,
    description: "Tea",
    settings: { ...theRoom.settings, max_members: 12, moderated: true, history: "joined" },
  };
  const { name, description, settings } = room;
  const { max_members, moderated, join_role, history } = settings;
  const changes = roomSettings.map((setting) => setting.change(setting.shown(room)) ?? {});
  assert.deepEqual(allChanges(changes), {
    name,
    description,
    isPrivate: settings.is_private,
    settings: { max_members, moderated, join_role, history },
  });
});

test("every word that is offered for a setting is understood, and others are not", () => {
  for (const { name, options = [], change } of roomSettings) {
    for (const option of options) assert.ok(change(option) !== undefined, `${name} ${option}`);
    if (options.length > 0) assert.equal(change("perhaps"), undefined, name);
  }
});

test("changes add up, and settings that are not touched are not sent", () => {
  const one = { settings: { moderated: true } };
  const two = { settings: { max_members: null } };
  assert.deepEqual(allChanges([one, { name: "salon" }, two]), {
    name: "salon",
    settings: { moderated: true, max_members: null },
  });
  assert.deepEqual(allChanges([{ isPrivate: true }]), { isPrivate: true });
});
