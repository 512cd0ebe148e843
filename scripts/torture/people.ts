import { join } from "node:path";
import type { RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import type { MessageTarget } from "@lair-chat/protocol/messages/shapes.ts";
import type { DeviceSetup } from "./device.ts";
import type { ServerAddress, TransportName } from "./link.ts";
import { Session } from "./session.ts";
import { conversationKey } from "./wire-entry.ts";

export interface Crowd {
  readonly devices: number;
  readonly rooms: number;
  readonly transports: readonly TransportName[];
  /** Each so-manieth device connects through the proxy; 0 for none. */
  readonly proxiedEach: number;
}

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly password: string;
  /** Good for as many connections as there are devices. */
  readonly token: string;
}

/** Who is there, and who may read what. */
export interface People {
  readonly persons: readonly Person[];
  readonly devices: readonly DeviceSetup[];
  /** By conversation: somebody who may read it, and how that one names it. */
  readonly readers: ReadonlyMap<string, { readonly token: string; readonly target: MessageTarget }>;
}

/** Makes accounts, rooms and direct conversations: every second user has two devices. */
export async function gatherPeople(
  address: ServerAddress,
  crowd: Crowd,
  folder: string,
): Promise<People> {
  const persons = await register(address, Math.ceil((crowd.devices * 2) / 3));
  const targets = await makeRooms(address, crowd.rooms, persons);
  addDirect(targets, persons);
  const devices = Array.from({ length: crowd.devices }, (_, number): DeviceSetup => {
    const person = persons[number % persons.length] as Person;
    const name = `device-${number}`;
    return {
      name,
      userId: person.id,
      token: person.token,
      transport: crowd.transports[number % crowd.transports.length] ?? "tcp",
      isProxied: crowd.proxiedEach > 0 && number % crowd.proxiedEach === 0,
      targets: targets.get(person) ?? [],
      historyPath: join(folder, `${name}.jsonl`),
    };
  });
  return { persons, devices, readers: readersOf(persons, targets) };
}

type Targets = ReadonlyMap<Person, MessageTarget[]>;

const noEvents = { event: () => undefined, closed: () => undefined };

async function register(address: ServerAddress, count: number): Promise<readonly Person[]> {
  const persons: Person[] = [];
  for (let number = 0; number < count; number += 1) {
    const name = `torn-${number}`;
    const session = new Session("tcp", address, noEvents);
    await session.hello();
    const password = `a long password ${number}`;
    const reply = await session.call("register", { username: name, password });
    session.destroy();
    const { id } = reply["user"] as { readonly id: string };
    persons.push({ id, name, password, token: String(reply["token"]) });
  }
  return persons;
}

/** Each is in two rooms, so that rooms overlap. */
async function makeRooms(
  address: ServerAddress,
  count: number,
  persons: readonly Person[],
): Promise<Targets> {
  const targets = new Map<Person, MessageTarget[]>();
  const rooms: RoomId[] = [];
  for (const [number, person] of persons.entries()) {
    const session = new Session("tcp", address, noEvents);
    await session.signIn(person.token);
    const mine: MessageTarget[] = [];
    for (const index of new Set([number % count, (number + 1) % count])) {
      const known = rooms[index];
      const id = known ?? (await createRoom(session, index));
      rooms[index] = id;
      if (known !== undefined) await session.call("join_room", { room_id: id });
      mine.push({ type: "room", room_id: id });
    }
    targets.set(person, mine);
    session.destroy();
  }
  return targets;
}

async function createRoom(session: Session, index: number): Promise<RoomId> {
  const reply = await session.call("create_room", { name: `room ${index}` });
  return (reply["room"] as { readonly id: RoomId }).id;
}

/** Neighbours write to each other. */
function addDirect(targets: Targets, persons: readonly Person[]): void {
  for (let number = 0; number + 1 < persons.length; number += 2) {
    const [one, other] = [persons[number], persons[number + 1]];
    if (one === undefined || other === undefined) continue;
    targets.get(one)?.push({ type: "dm", recipient: other.id as UserId });
    targets.get(other)?.push({ type: "dm", recipient: one.id as UserId });
  }
}

function readersOf(persons: readonly Person[], targets: Targets): People["readers"] {
  const readers = new Map<string, { token: string; target: MessageTarget }>();
  for (const person of persons) {
    for (const target of targets.get(person) ?? []) {
      readers.set(conversationKey(target, person.id), { token: person.token, target });
    }
  }
  return readers;
}
