import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { ClientId, RoomId } from "@lair-chat/protocol/ids.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import type { Params, Result } from "@lair-chat/protocol/registry.ts";
import { checkParams } from "@lair-chat/protocol/validate.ts";
import fc from "fast-check";
import type { SignedInCall } from "../../commands/handler.ts";
import { SmallServer, user } from "../../connections/test/small-server.ts";
import { makeRoom, newId, openTestStorage, type TestStorage } from "../../test/storage-fixture.ts";
import { addUsers } from "../../test/storage-operations.ts";
import type { WireClient } from "../../test/wire-client.ts";
import { readLog } from "../conversations/log-store.ts";
import { deleteMessageOperation } from "./message-change-store.ts";
import { createSendMessage } from "./send-message.ts";

const ann = { id: user("00000000-0000-7000-8000-00000000000a"), username: "ann" };
const bob = { id: user("00000000-0000-7000-8000-00000000000b"), username: "bob" };

let storage: TestStorage;
let server: SmallServer;
/** Whether the next sends are refused as a rate limit refuses them: before anything is looked at. */
let refusals: boolean[] = [];

before(async () => {
  storage = await openTestStorage();
  await storage.db.write(addUsers, [ann, bob]);
  const send = createSendMessage({ db: storage.db, newId: newId.message });
  server = await SmallServer.start({
    handlers: {
      send_message: (call, params) => {
        if (refusals.shift() === true) throw new ChatError("rate_limited", { retryAfter: 1 });
        return send(call as SignedInCall, checkParams("send_message", params, "strict"));
      },
    },
  });
});
after(async () => {
  await server[Symbol.asyncDispose]();
  await storage[Symbol.asyncDispose]();
});

type Send = Params<"send_message"> & { readonly client_id: ClientId };
type Ack = NonNullable<Result<"send_message">["ack"]>;

/** So many messages, each behind the one before. */
function chainOf(roomId: RoomId, count: number): readonly Send[] {
  const target = { type: "room", room_id: roomId } as const;
  const ids = Array.from({ length: count }, () => newId.client());
  return ids.map((client_id, index) => {
    const follows = ids[index - 1];
    const send = { target, content: `message ${index}`, client_id };
    return follows === undefined ? send : { ...send, follows };
  });
}

type Answer = { readonly ack: Ack } | { readonly code: string };

/** Sends all of them without waiting for an answer. */
async function sendAll(client: WireClient, sends: readonly Send[]): Promise<readonly Answer[]> {
  const asked = sends.map((send) => client.request("send_message", send));
  const answers: Answer[] = [];
  for (const id of asked) {
    answers.push(
      await client.replyTo(id).then(
        ({ ack }) => ({ ack: ack as Ack }),
        (error: unknown) => {
          if (!(error instanceof ChatError)) throw error;
          return { code: error.code };
        },
      ),
    );
  }
  return answers;
}

async function logged(roomId: RoomId): Promise<readonly string[]> {
  const conversationId = roomId as string as never;
  const { entries } = await readLog(storage.db, { conversationId, after: 1, limit: 500 });
  return entries.map(({ payload }) => Buffer.from(payload).toString());
}

const rounds = fc.array(
  fc.array(fc.boolean(), {
    minLength: limits.requestsInFlight,
    maxLength: limits.requestsInFlight,
  }),
  { minLength: 1, maxLength: 4 },
);

test("whichever of 32 sends in flight are refused, what is stored is in the order in which it was written, once", async () => {
  await fc.assert(
    fc.asyncProperty(rounds, fc.boolean(), async (patterns, reconnects) => {
      const roomId = await makeRoom(storage.db, ann);
      const sends = chainOf(roomId, limits.requestsInFlight);
      const acks = new Map<ClientId, Ack>();
      await using client = await server.signedIn(ann.id, ["client_ids"]);
      for (const pattern of [...patterns, []]) {
        refusals = [...pattern];
        await using other = reconnects ? await server.signedIn(ann.id, ["client_ids"]) : undefined;
        const answers = await sendAll(other ?? client, sends);
        checkRound(sends, answers, { pattern, acks });
      }
      assert.equal(acks.size, sends.length);
      assert.deepEqual(
        await logged(roomId),
        sends.map(({ content }) => content),
      );
    }),
    { numRuns: 12 },
  );
});

/** Everything is sent again each time: what is stored gets its first ack again. */
function checkRound(
  sends: readonly Send[],
  answers: readonly Answer[],
  { pattern, acks }: { readonly pattern: readonly boolean[]; readonly acks: Map<ClientId, Ack> },
): void {
  for (const [index, answer] of answers.entries()) {
    const send = sends[index];
    assert.ok(send !== undefined);
    const known = acks.get(send.client_id);
    if (pattern[index] === true) assert.deepEqual(answer, { code: "rate_limited" });
    else if (known !== undefined) assert.deepEqual(answer, { ack: known });
    else if (send.follows === undefined || acks.has(send.follows)) {
      assert.ok("ack" in answer, JSON.stringify(answer));
      assert.equal(answer.ack.client_id, send.client_id);
      assert.equal(answer.ack.seq, index + 2);
      assert.match(answer.ack.chain ?? "", /^[A-Za-z0-9+/]{43}=$/);
      acks.set(send.client_id, answer.ack);
    } else assert.deepEqual(answer, { code: "predecessor_missing" });
  }
}

test("only a message of the same sender in the same conversation counts as the one before", async () => {
  const [here, there] = [await makeRoom(storage.db, ann), await makeRoom(storage.db, ann)];
  await using client = await server.signedIn(ann.id, ["client_ids"]);
  const [first] = chainOf(there, 1);
  assert.ok(first !== undefined);
  await client.call("send_message", first);
  const target = { type: "room", room_id: here } as const;
  const send = { target, content: "hi", client_id: newId.client(), follows: first.client_id };
  assert.equal((await client.refusal("send_message", send)).code, "predecessor_missing");
  const bobsRoom = await makeRoom(storage.db, bob);
  await using other = await server.signedIn(bob.id, ["client_ids"]);
  const [bobs] = chainOf(bobsRoom, 1);
  assert.ok(bobs !== undefined);
  await other.call("send_message", bobs);
  const behindBob = { ...send, follows: bobs.client_id };
  assert.equal((await client.refusal("send_message", behindBob)).code, "predecessor_missing");
  assert.deepEqual(await logged(here), []);
});

test("a first direct message that follows nothing that is stored makes no conversation", async () => {
  await using client = await server.signedIn(ann.id, ["client_ids"]);
  const target = { type: "dm", recipient: bob.id } as const;
  const send = { target, content: "hi", client_id: newId.client(), follows: newId.client() };
  assert.equal((await client.refusal("send_message", send)).code, "predecessor_missing");
  const { read, tables } = storage.db;
  assert.equal(await read.$count(tables.directConversations), 0);
});

test("a message does not follow itself", async () => {
  await using client = await server.signedIn(ann.id, ["client_ids"]);
  const [send] = chainOf(await makeRoom(storage.db, ann), 1);
  assert.ok(send !== undefined);
  const refusal = await client.refusal("send_message", { ...send, follows: send.client_id });
  assert.equal(refusal.code, "validation_failed");
});

test("who may not write there is told so, whatever the message follows", async () => {
  await using client = await server.signedIn(bob.id, ["client_ids"]);
  const [, second] = chainOf(await makeRoom(storage.db, ann), 2);
  assert.ok(second !== undefined);
  assert.equal((await client.refusal("send_message", second)).code, "not_room_member");
});

test("a retry of what was stored and deleted since is told so, and where it had been stored", async () => {
  const [send] = chainOf(await makeRoom(storage.db, ann), 1);
  assert.ok(send !== undefined);
  await using client = await server.signedIn(ann.id, ["client_ids"]);
  const { ack, message } = await client.call("send_message", send);
  const by = ann;
  await storage.db.write(deleteMessageOperation, { messageId: message.id, by });
  const refusal = await client.refusal("send_message", send);
  assert.equal(refusal.code, "message_deleted");
  assert.deepEqual(refusal.details, { ack });
});

test("clients of 1.x get no ack beside the message", async () => {
  const roomId = await makeRoom(storage.db, ann);
  await using client = await server.signedIn(ann.id, []);
  const target = { type: "room", room_id: roomId } as const;
  const reply = await client.call("send_message", { target, content: "hi" });
  assert.deepEqual(Object.keys(reply), ["message"]);
});
