import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConversationId } from "@lair-chat/protocol/ids.ts";
import { TransactionPlaces } from "./log-places.ts";
import { WriterMemory } from "./writer-memory.ts";

const id = (name: string) => name as ConversationId;
const place = (seq: number) => ({ seq, createdAt: seq, chain: null });
const question = {};

function begun(): WriterMemory {
  const memory = new WriterMemory();
  memory.begin(1);
  return memory;
}

test("what a transaction learned and moved is known to the next one", () => {
  const memory = begun();
  memory.remember(question, ["room", "ann"], "member");
  memory.commit([[id("room"), place(7)]]);
  memory.begin(1);
  assert.equal(memory.answerTo(question, "room", "ann"), "member");
  assert.equal(memory.answerTo(question, "ann", "room"), undefined);
  assert.equal(memory.answerTo({}, "room", "ann"), undefined);
  assert.deepEqual(memory.placeOf(id("room")), place(7));
});

test("all is forgotten when somebody else wrote the file", () => {
  const memory = begun();
  memory.remember(question, ["room", "ann"], "member");
  memory.commit([[id("room"), place(7)]]);
  memory.begin(2);
  assert.equal(memory.answerTo(question, "room", "ann"), undefined);
  assert.equal(memory.placeOf(id("room")), undefined);
});

test("where a transaction moved logs is not kept when it changed more than logs", () => {
  const memory = begun();
  memory.forget();
  memory.commit([[id("room"), place(7)]]);
  assert.equal(memory.placeOf(id("room")), undefined);
});

test("what is remembered has a bound", () => {
  const memory = begun();
  for (let n = 0; n < 50_000; n += 1) memory.remember(question, ["room", String(n)], n);
  let known = 0;
  for (let n = 0; n < 50_000; n += 1) {
    if (memory.answerTo(question, "room", String(n)) !== undefined) known += 1;
  }
  assert.ok(known > 0 && known <= 20_000, String(known));
  assert.equal(memory.answerTo(question, "room", "49999"), 49_999);
});

test("an operation that is undone puts logs back to where the ones before it moved them", () => {
  const places = new TransactionPlaces((room) => (room === id("old") ? place(3) : undefined));
  assert.deepEqual(places.get(id("old")), place(3));
  places.move(id("old"), place(4));
  places.keep();
  places.move(id("old"), place(5));
  places.move(id("old"), place(6));
  places.move(id("new"), place(1));
  places.undo();
  assert.deepEqual(places.get(id("old")), place(4));
  assert.equal(places.get(id("new")), undefined);
  assert.deepEqual([...places.moved()], [[id("old"), place(4)]]);
});
