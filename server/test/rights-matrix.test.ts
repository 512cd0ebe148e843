import assert from "node:assert/strict";
import { test } from "node:test";
import { type Cast, gather, makeDirect, makePlace, nowhere, type Place } from "./rights/places.ts";
import {
  cellsOf,
  directConversation,
  moderatedRoom,
  type PolicyCell,
  privateRoom,
  publicRoom,
  type Standing,
  standings,
} from "./rights/policy-table.ts";
import { directRequests, type Request, requests } from "./rights/requests.ts";
import { type Caller, type Transport, transports } from "./rights/transports.ts";
import { type Chat, startChat } from "./scenarios/chatting.ts";

/** Those to whom a private room must look like none. */
const outsiders = ["stranger", "ex-member", "banned", "admin"] as const;

type Callers = Readonly<Record<Standing, Caller>>;

async function openCallers(transport: Transport, chat: Chat, cast: Cast): Promise<Callers> {
  const open = async (who: Standing) => {
    const token = who === "anonymous" ? undefined : cast[who].token;
    return [who, await transport.open(chat.server, token)] as const;
  };
  return Object.fromEntries(await Promise.all(standings.map(open))) as Callers;
}

/** Does something with the same cast over each transport. */
async function overEach(
  chat: Chat,
  cast: Cast,
  work: (transport: Transport, callers: Callers) => Promise<void>,
): Promise<void> {
  for (const transport of transports) {
    const callers = await openCallers(transport, chat, cast);
    await work(transport, callers);
    for (const caller of Object.values(callers)) await caller.close();
  }
}

function requestOf(table: typeof requests, what: string): Request {
  const request = table[what];
  if (request === undefined) throw new Error(`nothing is asked for by "${what}"`);
  return request;
}

/** What came of a question, in the words of the table. */
function outcomeOf(request: Request, place: Place, answer: Awaited<ReturnType<Caller["ask"]>>) {
  if (answer.outcome !== "yes" || request.needle === undefined) return answer.outcome;
  return answer.raw.includes(request.needle(place)) ? "shown" : "unseen";
}

interface Matrix {
  readonly table: string;
  readonly requests: typeof requests;
  readonly make: (cast: Cast) => Promise<Place>;
}

const matrices: Readonly<Record<string, Matrix>> = {
  "a public room": { table: publicRoom, requests, make: (cast) => makePlace(cast, "public") },
  "a moderated room": {
    table: moderatedRoom,
    requests,
    make: (cast) => makePlace(cast, "moderated"),
  },
  "a private room": { table: privateRoom, requests, make: (cast) => makePlace(cast, "private") },
  "a direct conversation": {
    table: directConversation,
    requests: directRequests,
    make: makeDirect,
  },
};

for (const [name, matrix] of Object.entries(matrices)) {
  test(`about ${name} everybody is answered as the table says, over ${transports.map((one) => one.name).join(", ")}`, async () => {
    await using chat = await startChat();
    const cast = await gather(chat);
    const cells = cellsOf(matrix.table);
    await overEach(chat, cast, async (transport, callers) => {
      const told = await answersTo(cells, { matrix, cast, transport, callers });
      const expected = cells.filter(({ what }) => served(transport, matrix, what));
      assert.deepEqual(told, expected.map(inWords), transport.name);
    });
  });
}

function served(transport: Transport, matrix: Matrix, what: string): boolean {
  return transport.serves(requestOf(matrix.requests, what).command);
}

function inWords({ what, who, expected }: PolicyCell): string {
  return `${what}, asked by ${who}: ${expected}`;
}

interface Setting {
  readonly matrix: Matrix;
  readonly cast: Cast;
  readonly transport: Transport;
  readonly callers: Callers;
}

async function answersTo(
  cells: readonly PolicyCell[],
  { matrix, cast, transport, callers }: Setting,
): Promise<string[]> {
  const told: string[] = [];
  let place = await matrix.make(cast);
  for (const { what, who } of cells) {
    const request = requestOf(matrix.requests, what);
    if (!transport.serves(request.command)) continue;
    const params = await request.params({ cast, place, who });
    const answer = await callers[who].ask(request.command, params);
    const expected = outcomeOf(request, place, answer) as PolicyCell["expected"];
    told.push(inWords({ what, who, expected }));
    // What somebody was allowed to do has changed the place; what was refused has not.
    if (answer.outcome === "yes" && request.isHarmless !== true) place = await matrix.make(cast);
  }
  return told;
}

test("what outsiders are told about a private room is to the byte what they are told about none", async () => {
  await using chat = await startChat();
  const cast = await gather(chat);
  const place = await makePlace(cast, "private");
  const none = nowhere(cast);
  const rows = new Set(cellsOf(privateRoom).map(({ what }) => what));
  let compared = 0;
  await overEach(chat, cast, async (transport, callers) => {
    for (const who of outsiders) {
      for (const what of rows) {
        const request = requestOf(requests, what);
        if (!transport.serves(request.command) || isExempt(what, who)) continue;
        const ask = async (about: Place) => {
          const params = await request.params({ cast, place: about, who });
          const { raw } = await callers[who].ask(request.command, params);
          return withoutIds(raw);
        };
        const [there, nothing] = [await ask(place), await ask(none)];
        assert.equal(there, nothing, `${what}, asked by ${who} over ${transport.name}`);
        compared += 1;
      }
    }
  });
  assert(compared > 300, `only ${compared} answers were compared`);
});

/** An admin may delete a room unseen; an invitation of one's own is no secret. */
function isExempt(what: string, who: (typeof outsiders)[number]): boolean {
  return (what === "admin_delete_room" && who === "admin") || what.endsWith("own invitation");
}

function withoutIds(raw: string): string {
  return raw.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "an-id");
}
