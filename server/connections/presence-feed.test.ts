import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConversationId, UserId } from "@lair-chat/protocol/ids.ts";
import type { Session } from "../commands/handler.ts";
import { Audiences } from "./audiences.ts";
import type { FrameBatch } from "./frame-batch.ts";
import { OnlineUser } from "./online-users.ts";
import { PresenceFeed, presencePauseMs } from "./presence-feed.ts";
import { HandTurned } from "./test/hand-turned.ts";

/** A feed and those it tells, without any connections. */
class Place {
  readonly time = new HandTurned();
  readonly audiences = new Audiences(this.time);
  readonly feed = new PresenceFeed({ ...this.time, audiences: this.audiences });
  readonly #batches = new Map<string, FrameBatch[]>();
  readonly #users = new Map<string, OnlineUser>();

  come(name: string, ...rooms: readonly string[]): void {
    this.sit(name, ...rooms);
    this.feed.came(this.user(name));
  }

  /** Somebody is here of whom there is nothing to tell. */
  sit(name: string, ...rooms: readonly string[]): void {
    const user = new OnlineUser({ userId: name as UserId, username: name } as Session);
    const batches: FrameBatch[] = [];
    user.listeners.add({
      ...{ session: {} as Session, readsPacked: true },
      speaks: () => true,
      sendBatch: (batch) => batches.push(batch),
      end: () => undefined,
      heardAt: () => 0,
      isOf1x: () => false,
    });
    this.#batches.set(name, batches);
    this.#users.set(name, user);
    for (const room of rooms) this.audiences.subscribe(user, room as ConversationId);
    user.isAnnounced = true;
  }

  go(name: string): void {
    const user = this.user(name);
    this.feed.went(user);
    for (const id of [...user.conversations]) this.audiences.unsubscribe(user, id);
  }

  user(name: string): OnlineUser {
    const user = this.#users.get(name);
    assert.ok(user !== undefined);
    return user;
  }

  batchesOf(name: string): readonly FrameBatch[] {
    return this.#batches.get(name)?.splice(0) ?? [];
  }

  /** What a user heard since this was asked for the last time, as +name and -name. */
  heard(name: string): string[] {
    return this.batchesOf(name).flatMap(({ frames }) => frames.map(wordOf));
  }
}

function wordOf(frame: Uint8Array): string {
  const { type, username } = JSON.parse(Buffer.from(frame.subarray(4)).toString());
  return `${type === "user_online" ? "+" : "-"}${username}`;
}

/** Ann is here, and what there was to tell has been told. */
function withAnn(...rooms: readonly string[]): Place {
  const place = new Place();
  place.come("ann", ...rooms);
  place.time.settle();
  return place;
}

test("who comes alone is told at the end of the turn, and who comes behind when the pause is over", () => {
  const place = withAnn("room");
  place.come("bob", "room");
  assert.deepEqual(place.heard("ann"), []);
  place.time.endTurn();
  assert.deepEqual(place.heard("ann"), ["+bob"]);
  place.come("cleo", "room");
  place.come("dan", "room");
  place.time.pass(presencePauseMs.least - 1);
  assert.deepEqual(place.heard("ann"), []);
  place.time.pass(2);
  assert.deepEqual(place.heard("ann"), ["+cleo", "+dan"]);
  place.time.settle();
  place.go("dan");
  place.time.endTurn();
  assert.deepEqual(place.heard("ann"), ["-dan"]);
});

test("telling nobody is no reason for a pause", () => {
  const place = withAnn("room");
  assert.equal(place.time.lastMs, undefined);
  place.come("bob", "other");
  place.time.endTurn();
  place.come("cleo", "room");
  place.time.endTurn();
  assert.deepEqual(place.heard("ann"), ["+cleo"]);
});

test("the pause is longer the more were told, and never longer than its bound", () => {
  const pauseOf = (members: number) => {
    const place = new Place();
    for (let number = 0; number < members; number += 1) place.sit(`${number}`, "room");
    place.come("bob", "room");
    place.time.endTurn();
    return place.time.lastMs;
  };
  const { least, perReader, most } = presencePauseMs;
  assert.equal(pauseOf(500), least + 500 * perReader);
  assert.equal(pauseOf(most / perReader), most);
});

test("who comes back within the pause is told neither as gone nor as back", () => {
  const place = withAnn("room");
  place.come("bob", "room");
  place.time.endTurn();
  place.go("bob");
  place.come("bob", "room");
  place.time.settle();
  assert.deepEqual(place.heard("ann"), ["+bob"]);
  assert.deepEqual(place.heard("bob"), []);
  place.go("bob");
  place.time.settle();
  assert.deepEqual(place.heard("ann"), ["-bob"]);
});

test("who comes and goes within the pause is not told at all, and nothing is kept of it", () => {
  const place = withAnn("room");
  place.come("bob", "room");
  place.time.endTurn();
  place.come("cleo", "room");
  place.go("cleo");
  assert.equal(place.feed.size, 0);
  place.time.settle();
  assert.deepEqual(place.heard("ann"), ["+bob"]);
});

test("what somebody was answered is told where it does not last", () => {
  const place = withAnn("room");
  place.come("bob", "room");
  place.time.endTurn();
  place.come("cleo", "room");
  place.feed.answered("cleo" as UserId, true);
  place.go("cleo");
  place.go("bob");
  place.feed.answeredAll(new Set(["ann" as UserId]));
  place.come("bob", "room");
  place.time.settle();
  assert.deepEqual(place.heard("ann").sort(), ["+bob", "+bob", "+cleo", "-bob", "-cleo"]);
  place.go("bob");
  place.time.settle();
  assert.deepEqual(place.heard("ann"), ["-bob"]);
});

test("who has the same answer as was told makes nothing known", () => {
  const place = withAnn("room");
  place.come("bob", "room");
  place.time.endTurn();
  place.come("cleo", "room");
  place.feed.answered("cleo" as UserId, false);
  place.go("cleo");
  place.time.settle();
  assert.deepEqual(place.heard("ann"), ["+bob"]);
});

test("each who shares several conversations is told once, and who shares none is not told", () => {
  const place = withAnn("one", "two", "three");
  place.come("bob", "three");
  place.come("cleo", "four");
  place.come("dan", "one", "two");
  place.time.settle();
  for (const name of ["ann", "bob", "cleo", "dan"]) place.heard(name);
  place.come("eve", "one", "two", "three");
  place.time.endTurn();
  for (const name of ["ann", "bob", "dan"]) assert.deepEqual(place.heard(name), ["+eve"], name);
  assert.deepEqual(place.heard("cleo"), []);
  place.go("eve");
  place.time.settle();
  for (const name of ["ann", "bob", "dan"]) assert.deepEqual(place.heard(name), ["-eve"], name);
  assert.deepEqual(place.heard("eve"), []);
});

test("nobody hears of himself, nor of anybody before the answer to his sign-in", () => {
  const place = withAnn("room");
  place.come("bob", "room");
  place.come("cleo", "room");
  place.come("slow", "room");
  place.user("slow").isAnnounced = false;
  place.time.settle();
  assert.deepEqual(place.heard("ann"), ["+bob", "+cleo", "+slow"]);
  assert.deepEqual(place.heard("bob"), ["+cleo", "+slow"]);
  assert.deepEqual(place.heard("cleo"), ["+bob", "+slow"]);
  assert.deepEqual(place.heard("slow"), []);
});

test("those who joined meanwhile are told of who comes, and those who remain of who went", () => {
  const place = withAnn("room");
  place.come("bob", "room");
  place.come("cleo", "other");
  place.time.endTurn();
  place.come("dan");
  place.audiences.subscribe(place.user("dan"), "room" as ConversationId);
  place.go("bob");
  place.audiences.subscribe(place.user("cleo"), "room" as ConversationId);
  place.time.settle();
  assert.deepEqual(place.heard("ann"), ["+bob", "+dan", "-bob"]);
  assert.deepEqual(place.heard("cleo"), ["+dan", "-bob"]);
});

test("what many hear of many is made once for all of them, in pieces of a bounded size", () => {
  const place = withAnn("room", "ann and zoe");
  place.come("zoe", "room", "ann and zoe");
  place.time.settle();
  for (const name of ["ann", "zoe"]) place.heard(name);
  for (let number = 0; number < 1_000; number += 1) place.come(`${number}`, "room");
  place.time.settle();
  const heard = place.batchesOf("ann");
  assert.deepEqual(place.batchesOf("zoe"), heard);
  assert.ok(heard.length <= 20, `${heard.length} batches`);
  for (const { bytes } of heard) assert.ok(bytes <= 8 * 1024, `${bytes} bytes`);
  assert.equal(heard.flatMap(({ frames }) => frames).length, 1_000);
  const own = place.batchesOf("7");
  assert.equal(own.length, heard.length);
  assert.equal(own.filter((batch) => heard.includes(batch)).length, heard.length - 1);
  assert.equal(own.flatMap(({ frames }) => frames).length, 999);
});

test("a fault while telling does not end the telling", () => {
  const place = withAnn("room");
  const ann = place.user("ann");
  const sendBatch = ann.sendBatch.bind(ann);
  ann.sendBatch = () => {
    throw new Error("damaged");
  };
  place.come("bob", "room");
  assert.throws(() => place.time.endTurn(), /damaged/);
  ann.sendBatch = sendBatch;
  place.come("cleo", "room");
  place.time.settle();
  assert.deepEqual(place.heard("ann"), ["+cleo"]);
});
