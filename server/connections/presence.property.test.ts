import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConversationId, SessionId, UserId } from "@lair-chat/protocol/ids.ts";
import type { LoggedEvent } from "@lair-chat/protocol/registry.ts";
import fc from "fast-check";
import type { FrameBatch } from "./frame-batch.ts";
import { Hub } from "./hub.ts";
import type { Listener } from "./online-users.ts";
import { HandTurned } from "./test/hand-turned.ts";
import type { SmallEntry } from "./test/small-server.ts";

const names = ["ann", "bob", "cleo", "dan"];
const rooms = ["one", "two", "three"];

/** A client: it asks when it signs in and when somebody joins, and believes what it hears. */
class Client {
  readonly name: string;
  readonly listener: Listener;
  hasAnswer = false;
  /** Whom it takes to be online, of those it knows anything about. */
  readonly believes = new Map<string, boolean>();
  /** What it heard last of somebody since memberships changed. */
  readonly heardLast = new Map<string, boolean>();

  constructor(name: string, canHear: () => boolean) {
    this.name = name;
    this.listener = {
      session: { userId: name, username: name, id: `session of ${name}` as SessionId } as never,
      readsPacked: true,
      speaks: () => false,
      sendBatch: (batch) => this.#read(batch, canHear()),
      end: () => undefined,
      heardAt: () => 0,
      isOf1x: () => false,
    };
  }

  #read({ frames }: FrameBatch, canHear: boolean): void {
    for (const frame of frames) {
      const { type, username } = JSON.parse(Buffer.from(frame.subarray(4)).toString());
      if (type !== "user_online" && type !== "user_offline") continue;
      const isOnline = type === "user_online";
      assert.ok(canHear, `${this.name} hears of ${username} before the sign-in was answered`);
      assert.notEqual(username, this.name, "somebody hears of himself");
      assert.notEqual(this.heardLast.get(username), isOnline, `${username} was told twice`);
      this.heardLast.set(username, isOnline);
      this.believes.set(username, isOnline);
    }
  }
}

/** A hub, its people and what is true of them. */
class World {
  readonly time = new HandTurned();
  readonly members = new Map(rooms.map((room) => [room, new Set<string>()]));
  readonly clients: Client[] = [];
  readonly hub = new Hub<SmallEntry>({
    turn: this.time.turn,
    schedule: this.time.schedule,
    log: { error: (_fields: object, text: string) => assert.fail(text) },
    toEvent: ({ event }) => event,
    toHiddenEvent: ({ event }) => event,
    toPush: () => assert.fail("there are no messages"),
    conversationIdsOf: async (id) => this.#roomsOf(id) as ConversationId[],
    maxConnectionsPerUser: 10,
    halfOpenMs: 0,
    monotonic: () => 0,
    userLog: { head: async () => 0, after: async () => [] },
    onAttached: () => undefined,
  });

  isOnline(name: string): boolean {
    return this.clients.some((client) => client.name === name && client.hasAnswer);
  }

  async attach(name: string): Promise<void> {
    const client = new Client(name, () => this.isOnline(name));
    this.clients.push(client);
    await this.hub.attach(client.listener);
  }

  /** The sign-in of all who began one is answered, and they ask who is there. */
  answer(name: string): void {
    for (const client of this.clients.filter((one) => one.name === name && !one.hasAnswer)) {
      client.hasAnswer = true;
      this.hub.announce(client.listener);
      for (const other of this.peersOf(name)) this.#ask(client, other);
    }
  }

  /** Closes the oldest connection. */
  close(name: string): void {
    const client = this.clients.find((one) => one.name === name);
    if (client === undefined) return;
    this.clients.splice(this.clients.indexOf(client), 1);
    this.hub.detach(client.listener);
    // Another connection may be left that has no answer of its own; its user is known to be here.
    if (client.hasAnswer && !this.isOnline(name)) this.answer(name);
  }

  ask(name: string, whom: string): void {
    if (!this.peersOf(name).includes(whom)) return;
    for (const client of this.#answered(name)) this.#ask(client, whom);
  }

  /** Whoever joins asks for the members, and these look at who joined. */
  join(name: string, room: string): void {
    const members = this.members.get(room) ?? new Set();
    if (members.has(name)) return;
    members.add(name);
    this.#publish(room, { type: "user_joined_room", user: { id: name, username: name } });
    for (const other of members) {
      this.ask(name, other);
      this.ask(other, name);
    }
  }

  leave(name: string, room: string): void {
    if (!this.members.get(room)?.delete(name)) return;
    this.#publish(room, { type: "user_left_room", user_id: name, username: name });
  }

  peersOf(name: string): string[] {
    const shared = [...this.members.values()].filter((members) => members.has(name));
    return names.filter((other) => other !== name && shared.some((members) => members.has(other)));
  }

  #answered(name: string): Client[] {
    return this.clients.filter((client) => client.name === name && client.hasAnswer);
  }

  #ask(client: Client, whom: string): void {
    client.believes.set(whom, this.hub.isOnline(whom as UserId));
  }

  #roomsOf(name: string): string[] {
    return rooms.filter((room) => this.members.get(room)?.has(name));
  }

  #publish(room: string, event: object): void {
    for (const client of this.clients) client.heardLast.clear();
    const conversationId = room as ConversationId;
    this.hub.publish([{ conversationId, seq: 1, kind: "x", event: event as LoggedEvent }]);
  }
}

type Step = (world: World) => void | Promise<void>;

const aName = fc.constantFrom(...names);
const aRoom = fc.constantFrom(...rooms);

const stepsOf: Readonly<Record<string, fc.Arbitrary<Step>>> = {
  attach: aName.map((who) => (world) => world.attach(who)),
  come: aName.map((who) => async (world) => {
    await world.attach(who);
    world.answer(who);
  }),
  answer: aName.map((who) => (world) => world.answer(who)),
  close: aName.map((who) => (world) => world.close(who)),
  reconnect: aName.map((who) => async (world) => {
    world.close(who);
    await world.attach(who);
    world.answer(who);
  }),
  ask: fc.tuple(aName, aName).map(
    ([who, whom]) =>
      (world) =>
        world.ask(who, whom),
  ),
  askForAll: fc.constant((world: World) => void world.hub.onlineUsers()),
  endTurn: fc.constant((world: World) => world.time.endTurn()),
  pass: fc.integer({ min: 1, max: 300 }).map((ms) => (world) => world.time.pass(ms)),
  join: fc.tuple(aName, aRoom).map(
    ([who, where]) =>
      (world) =>
        world.join(who, where),
  ),
  leave: fc.tuple(aName, aRoom).map(
    ([who, where]) =>
      (world) =>
        world.leave(who, where),
  ),
};

test("whoever comes and goes and asks and joins, everybody ends up believing the truth, and is told nothing twice", async () => {
  const membership = fc.array(fc.tuple(aName, aRoom), { maxLength: 10 });
  const steps = fc.array(fc.oneof(...Object.values(stepsOf)), { maxLength: 60, size: "max" });
  await fc.assert(
    fc.asyncProperty(membership, steps, async (joined, happens) => {
      const world = new World();
      for (const [who, where] of joined) world.join(who, where);
      for (const step of happens) await step(world);
      for (const who of names) world.answer(who);
      world.time.settle();
      for (const client of world.clients) {
        for (const other of world.peersOf(client.name)) {
          const what = `${client.name} of ${other}`;
          assert.equal(client.believes.get(other), world.isOnline(other), what);
        }
      }
      assert.equal(world.hub.stats().presenceChanges, 0);
    }),
    { numRuns: 500 },
  );
});
