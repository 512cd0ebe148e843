import type { InvitationId, MessageId, RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import { v7 } from "uuid";
import type { Chat, Person } from "../scenarios/chatting.ts";
import { arrive, bringIn, invite, join, makeRoom, say } from "../scenarios/room-steps.ts";
import type { Standing } from "./policy-table.ts";

export type PlaceKind = "public" | "moderated" | "private" | "dm";

/** Those who ask; the one who has not signed in is nobody. */
export type Asking = Exclude<Standing, "anonymous">;

const others = ["peer", "deputy", "partner", "guest", "outsider"] as const;

/** The cast: who asks, and on whom things are done (a member, a moderator, an owner, and two from outside). */
export type Cast = Record<Asking | (typeof others)[number], Person>;

export async function gather(chat: Chat): Promise<Cast> {
  const admin = await chat.registerAdmin("the-boss");
  // Some of what they are no one may be called.
  const named = ["former", "outcast", "max", "ann", "olga", "gus"] as const;
  const same = ["stranger", "peer", "deputy", "partner", "outsider"] as const;
  const people = await arrive(chat, ...named, ...same);
  const { former, outcast, max, ann, olga, gus, ...rest } = people;
  return {
    ...rest,
    admin,
    "ex-member": former,
    banned: outcast,
    member: ann,
    moderator: max,
    owner: olga,
    guest: gus,
  };
}

/** What there is to ask about. */
export interface Place {
  readonly roomId: RoomId;
  /** Who wrote what. */
  readonly messages: Readonly<Partial<Record<keyof Cast, MessageId>>>;
  /** For the guest, from the owner. */
  readonly invitationId: InvitationId;
  readonly targets: Readonly<Record<(typeof others)[number], UserId>>;
}

let places = 0;

/** A room in which everybody is what he is named after, and has said something. */
export async function makePlace(cast: Cast, kind: Exclude<PlaceKind, "dm">): Promise<Place> {
  const { owner, moderator, deputy, partner } = cast;
  const members = [cast["ex-member"], cast.banned, cast.member, moderator] as const;
  const everybody = [...members, cast.peer, deputy, partner];
  places += 1;
  const roomId = await makeRoom(owner, `place ${places}`, { public: kind !== "private" });
  await Promise.all(
    everybody.map((one) => (kind === "private" ? bringIn(roomId, owner, one) : join(roomId, one))),
  );
  const messages = await speak(cast, roomId);
  await giveRoles(cast, roomId);
  await cast["ex-member"].client.call("leave_room", { room_id: roomId });
  await owner.client.call("ban_member", { room_id: roomId, user_id: cast.banned.id });
  if (kind === "moderated") {
    await owner.client.call("update_room", { room_id: roomId, settings: { moderated: true } });
  }
  const { id: invitationId } = await invite(owner, roomId, cast.guest);
  return { roomId, messages, invitationId, targets: targetsOf(cast) };
}

async function speak(cast: Cast, roomId: RoomId): Promise<Place["messages"]> {
  const speakers = ["ex-member", "banned", "member", "moderator", "owner", "peer"] as const;
  const said = speakers.map(
    async (name) => [name, (await say(cast[name], roomId, "hello")).id] as const,
  );
  return Object.fromEntries(await Promise.all(said));
}

async function giveRoles({ owner, moderator, deputy, partner }: Cast, roomId: RoomId) {
  const roles = [
    [moderator, "moderator"],
    [deputy, "moderator"],
    [partner, "owner"],
  ] as const;
  for (const [{ id }, role] of roles) {
    await owner.client.call("update_member_role", { room_id: roomId, user_id: id, role });
  }
}

function targetsOf(cast: Cast): Place["targets"] {
  return {
    peer: cast.peer.id,
    deputy: cast.deputy.id,
    partner: cast.partner.id,
    guest: cast.guest.id,
    outsider: cast.outsider.id,
  };
}

/** The direct conversation of the member and the peer, asked about as if it were a room. */
export async function makeDirect(cast: Cast): Promise<Place> {
  const write = async (from: Person, to: Person) => {
    const params = { target: { type: "dm", recipient: to.id }, content: "psst" } as const;
    return (await from.client.call("send_message", params)).message.id;
  };
  const messages = {
    member: await write(cast.member, cast.peer),
    peer: await write(cast.peer, cast.member),
  };
  // Behind it in the list there must be another one for the list to tell its id.
  await makeRoom(cast.member, `behind ${v7()}`);
  const roomId = await idOfDirect(cast.member);
  return { ...nowhere(cast), roomId, messages };
}

/** The id of a direct conversation is nothing but the place where a list goes on. */
async function idOfDirect({ client }: Person): Promise<RoomId> {
  let after: string | null | undefined;
  while (after !== null) {
    const page = await client.call("list_conversations", { limit: 1, ...(after && { after }) });
    after = page.next ?? null;
    if (page.conversations[0]?.kind === "dm" && after !== null) return after as RoomId;
  }
  throw new Error("the list told no direct conversation");
}

/** A place of which there is nothing. */
export function nowhere(cast: Cast): Place {
  const messageId = () => v7() as MessageId;
  return {
    roomId: v7() as RoomId,
    messages: {
      "ex-member": messageId(),
      banned: messageId(),
      member: messageId(),
      moderator: messageId(),
      owner: messageId(),
      peer: messageId(),
    },
    invitationId: v7() as InvitationId,
    targets: targetsOf(cast),
  };
}
