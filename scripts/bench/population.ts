import { randomBytes, randomUUIDv7 } from "node:crypto";
import { cpSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { MessageId, RoomId, SessionId, UserId } from "@lair-chat/protocol/ids.ts";
import { withDatabase } from "../../server/cli/command-database.ts";
import { createAccountOperation } from "../../server/features/auth/account-store.ts";
import { prepareSession } from "../../server/features/auth/sign-in.ts";
import { appendMessageOperation } from "../../server/features/messages/message-store.ts";
import { createRoomOperation, joinRoomOperation } from "../../server/features/rooms/room-store.ts";
import { createHashQueue } from "../../server/security/hash-queue.ts";
import { createPasswordHasher, hashCosts } from "../../server/security/password-hash.ts";
import { type AccessTokens, createAccessTokens } from "../../server/security/tokens.ts";
import type { Database } from "../../server/storage/database.ts";

/** Who is to be there before the server starts. */
export interface PopulationPlan {
  /** Rooms whose members connect, each with members of its own. */
  readonly rooms: number;
  readonly members: number;
  /** Rooms that only exist. */
  readonly otherRooms?: number;
  /** Accounts that only exist. */
  readonly otherUsers?: number;
  /** Stored before anything is measured, in turn by the owners of the rooms. */
  readonly messages?: number;
}

export interface Person {
  readonly id: UserId;
  readonly username: string;
  readonly token: string;
}

export interface Population {
  readonly directory: string;
  readonly secret: string;
  /** Of everybody. */
  readonly password: string;
  /** For the load generator. */
  readonly seats: string;
  /** Those who connect, room by room. */
  readonly persons: readonly Person[];
  readonly rooms: readonly RoomId[];
}

const writesAtOnce = 512;
const password = "the bench signs in with this";

/**
 * Makes accounts, sessions, rooms and messages by the server's own operations, without its sockets
 * and its costly hashes: one hash is made and shared. The tokens are what a sign-in would give.
 */
export async function populate(directory: string, plan: PopulationPlan): Promise<Population> {
  const secret = randomBytes(48).toString("base64url");
  const tokens = createAccessTokens({ secret: new TextEncoder().encode(secret), clock: Date });
  const file = path.join(directory, "lair-chat.db");
  const database = { kind: "sqlite", file, create: true } as const;
  const hash = await passwordHash();
  return withDatabase({ database }, "bench", async (db) => {
    const accounts = { db, tokens, hash };
    const persons = await addPersons(accounts, "seat", plan.rooms * plan.members);
    await addPersons(accounts, "other", plan.otherUsers ?? 0);
    const rooms = await addRooms(db, persons, plan);
    await addMessages(db, rooms, plan.messages ?? 0);
    const seats = path.join(directory, "seats");
    const line = ({ token }: Person, index: number) =>
      `${rooms[Math.floor(index / plan.members)]?.id} ${token}\n`;
    writeFileSync(seats, persons.map(line).join(""));
    return { directory, secret, password, seats, persons, rooms: rooms.map(({ id }) => id) };
  });
}

/** The same people in another directory, for a second server. */
export function copyPopulation(population: Population, directory: string): Population {
  cpSync(population.directory, directory, { recursive: true });
  return { ...population, directory, seats: path.join(directory, "seats") };
}

async function passwordHash(): Promise<string> {
  await using queue = createHashQueue();
  return createPasswordHasher(queue, hashCosts.default).hash(password);
}

/** Keeps many writes under way, so that they share commits, and no more than the queue takes. */
async function inPortions<T, Result>(
  items: readonly T[],
  write: (item: T, index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += writesAtOnce) {
    const portion = items.slice(start, start + writesAtOnce);
    results.push(...(await Promise.all(portion.map((item, index) => write(item, start + index)))));
  }
  return results;
}

interface Accounts {
  readonly db: Database;
  readonly tokens: AccessTokens;
  readonly hash: string;
}

function addPersons(accounts: Accounts, name: string, count: number): Promise<readonly Person[]> {
  const names = Array.from({ length: count }, (_, index) => `${name}-${index}`);
  return inPortions(names, (username) => addPerson(accounts, username));
}

async function addPerson({ db, tokens, hash }: Accounts, username: string): Promise<Person> {
  const id = randomUUIDv7() as string as UserId;
  const { stored } = prepareSession(randomUUIDv7, id, {});
  const user = { id, username, email: null, passwordHash: hash };
  const { started } = await db.write(createAccountOperation, {
    user,
    session: stored,
    setupTokenHash: null,
  });
  const sessionId: SessionId = stored.id;
  const token = await tokens.sign({ userId: id, sessionId, expiresAt: started.expiresAt });
  return { id, username, token };
}

interface OwnedRoom {
  readonly id: RoomId;
  readonly owner: Person;
}

async function addRooms(
  db: Database,
  persons: readonly Person[],
  { rooms, members, otherRooms = 0 }: PopulationPlan,
): Promise<readonly OwnedRoom[]> {
  const ownerOf = (room: number) => persons[(room % rooms) * members] as Person;
  const numbers = Array.from({ length: rooms + otherRooms }, (_, index) => index);
  const made = await inPortions(numbers, (number) => addRoom(db, ownerOf(number), number));
  const used = made.slice(0, rooms);
  const guests = persons.map((person, index) => ({ person, index }));
  await inPortions(
    guests.filter(({ index }) => index % members !== 0),
    ({ person, index }) => {
      const room = used[Math.floor(index / members)] as OwnedRoom;
      return db.write(joinRoomOperation, { roomId: room.id, userId: person.id });
    },
  );
  return used;
}

async function addRoom(db: Database, owner: Person, number: number): Promise<OwnedRoom> {
  const id = randomUUIDv7() as string as RoomId;
  await db.write(createRoomOperation, {
    roomId: id,
    ownerId: owner.id,
    name: `bench ${number}`,
    description: null,
    isPrivate: false,
    maxMembers: null,
  });
  return { id, owner };
}

async function addMessages(
  db: Database,
  rooms: readonly OwnedRoom[],
  count: number,
): Promise<void> {
  const payload = new TextEncoder().encode("What was said before. ".repeat(5).slice(0, 100));
  for (let start = 0; start < count; start += writesAtOnce) {
    const portion = Math.min(writesAtOnce, count - start);
    const numbers = Array.from({ length: portion }, (_, index) => start + index);
    await Promise.all(
      numbers.map((number) => {
        const { id, owner } = rooms[number % rooms.length] as OwnedRoom;
        return db.write(appendMessageOperation, {
          target: { kind: "room", roomId: id },
          sender: owner,
          messageId: randomUUIDv7() as string as MessageId,
          clientId: null,
          payload,
        });
      }),
    );
  }
}
