import type { RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import type { Message } from "@lair-chat/protocol/messages/shapes.ts";
import type { Params } from "@lair-chat/protocol/registry.ts";
import type { Chat, Person } from "./chatting.ts";

/** What people do in rooms, one line each. */

type Actor = Pick<Person, "client">;

/** Makes accounts of these names, all at once. */
export async function arrive<Name extends string>(
  chat: Pick<Chat, "register">,
  ...names: readonly Name[]
): Promise<Record<Name, Person>> {
  const arrived = names.map(async (name) => [name, await chat.register(name)] as const);
  return Object.fromEntries(await Promise.all(arrived)) as Record<Name, Person>;
}

export async function makeRoom(
  { client }: Actor,
  name: string,
  settings: NonNullable<Params<"create_room">["settings"]> = {},
): Promise<RoomId> {
  const { room } = await client.call("create_room", { name, settings });
  return room.id;
}

/** Joins a public room. */
export async function join(roomId: RoomId, ...people: readonly Actor[]): Promise<void> {
  for (const { client } of people) await client.call("join_room", { room_id: roomId });
}

export async function invite({ client }: Actor, roomId: RoomId, guest: { readonly id: UserId }) {
  const params = { room_id: roomId, user_id: guest.id };
  return (await client.call("invite_to_room", params)).invitation;
}

/** Brings people into a room by invitation, which works for a private one too. */
export async function bringIn(
  roomId: RoomId,
  host: Actor,
  ...guests: readonly Person[]
): Promise<void> {
  for (const guest of guests) {
    const { id } = await invite(host, roomId, guest);
    await guest.client.call("accept_invitation", { invitation_id: id });
  }
}

export async function say({ client }: Actor, roomId: RoomId, content: string): Promise<Message> {
  const target = { type: "room", room_id: roomId } as const;
  return (await client.call("send_message", { target, content })).message;
}
