import assert from "node:assert/strict";
import { test } from "node:test";
import type { MessageId } from "@lair-chat/protocol/ids.ts";
import {
  makeRoom,
  makeUsers,
  openTestStorage,
  toRoom,
  toUser,
} from "../../test/storage-fixture.ts";
import { encodeContent } from "../conversations/log-rules.ts";
import { deleteMessageOperation, editMessageOperation } from "../messages/message-change-store.ts";
import { appendMessageOperation } from "../messages/message-store.ts";
import { countMessages, countMessagesSince } from "./stats-store.ts";

test("messages are counted once each, whatever became of them and however many fit in a turn", async () => {
  let now = 1_000;
  await using storage = await openTestStorage({ open: { now: () => now } });
  const { db } = storage;
  const { ann, bob } = await makeUsers(db, "ann", "bob");
  const room = await makeRoom(db, ann);
  const send = async (text: string) => {
    const { entry } = await db.write(appendMessageOperation, toRoom(room, ann, text));
    assert.ok(entry.messageId !== null);
    return entry.messageId;
  };
  const edit = (messageId: MessageId, text: string) =>
    db.write(editMessageOperation, { messageId, by: ann, payload: encodeContent(text) });
  const first = await send("a");
  await edit(first, "b");
  now = 2_000;
  await edit(first, "c");
  const second = await send("d");
  await db.write(deleteMessageOperation, { messageId: second, by: ann });
  await db.write(appendMessageOperation, toUser(bob.id, ann, "e"));
  now = 3_000;
  await send("f");
  for (let rows = 1; rows <= 8; rows += 1) {
    assert.equal(await countMessages(db, rows), 4);
    assert.equal(await countMessagesSince(db, 1_000, rows), 4);
    assert.equal(await countMessagesSince(db, 1_001, rows), 3);
    assert.equal(await countMessagesSince(db, 3_000, rows), 1);
    assert.equal(await countMessagesSince(db, 3_001, rows), 0);
  }
});
