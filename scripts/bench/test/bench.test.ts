import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type BenchServer, startBenchServer } from "../bench-server.ts";
import { type Load, runLoad } from "../generator.ts";
import { type Population, populate } from "../population.ts";
import { prepareGenerator } from "../prepare-generator.ts";
import { findRivals } from "../rivals.ts";

// Load on real servers, by the number of messages and never by time.

const root = fileURLToPath(new URL("../../../", import.meta.url));
const shape = { rooms: 2, members: 3, senders: 2, window: 2 };
const messages = 40;

const directory = mkdtempSync(path.join(tmpdir(), "lair-bench-test-"));
const inC = prepareGenerator("c", path.join(root, ".cache"));
const inNode = prepareGenerator("node", "");
const skip = inC.kind === "c" ? false : "there is no C compiler";

let population: Population;
let server: BenchServer;

before(async () => {
  population = await populate(directory, { ...shape, messages: 5 });
  server = await startBenchServer(population, { isProbed: true });
});

after(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

const counted = { ...shape, count: messages, warmup: 0 };

function onServer(): Load {
  const { seats } = population;
  return { ...counted, protocol: "lair", acks: true, port: server.tcpPort, seats };
}

function assertAllDelivered(measured: Awaited<ReturnType<typeof runLoad>>, acked = messages): void {
  const { sent, delivered, refused, closed, underWay, opening } = measured;
  assert.deepEqual(
    { sent, acked: measured.acked, delivered, refused, closed, underWay },
    {
      sent: messages,
      acked,
      delivered: messages * shape.members,
      refused: 0,
      closed: 0,
      underWay: 0,
    },
  );
  assert.equal(opening.connections, shape.rooms * shape.members);
  assert.equal(measured.delivery.count, delivered);
}

test("the generator in Node signs in, and its messages are acknowledged and reach every member", async () => {
  assertAllDelivered(await runLoad(inNode, onServer()));
});

test("the generator in Node speaks WebSocket too", async () => {
  const load = { ...onServer(), websocket: true, port: server.httpPort };
  assertAllDelivered(await runLoad(inNode, load));
});

test("the generator in C does the same over TCP and over WebSocket", { skip }, async () => {
  assertAllDelivered(await runLoad(inC, onServer()));
  const load = { ...onServer(), websocket: true, port: server.httpPort };
  assertAllDelivered(await runLoad(inC, load));
});

test("a load that goes on is measured by itself for as long as it does", async () => {
  for (const generator of [inNode, ...(skip === false ? [inC] : [])]) {
    const steps: string[] = [];
    const load = onServer();
    const measured = await runLoad(generator, load, {
      measuring: () => steps.push("measuring"),
      goOn: async () => {
        steps.push("goes on");
      },
    });
    assert.deepEqual(steps, ["measuring", "goes on"]);
    assertAllDelivered(measured);
    assert.deepEqual([measured.behind?.refused, measured.behind?.closed], [0, 0]);
    assert.equal((await runLoad(generator, load)).behind, undefined);
    const failing = runLoad(generator, load, { goOn: () => Promise.reject(new Error("no more")) });
    await assert.rejects(failing, /no more/);
  }
});

test("the server tells of its event loop and its memory", async () => {
  const { delayMax, delayP99, heap, resident } = await server.probe();
  assert.ok(delayMax >= delayP99 && resident > heap && heap > 0);
});

test("a generator that is not let in says why", async () => {
  const strangers = { ...onServer(), seats: path.join(directory, "nobody") };
  await assert.rejects(runLoad(inNode, strangers), /nobody/);
});

test("the naive server acknowledges and delivers, and so does the relay without acknowledging", async () => {
  const { rivals } = findRivals(inC, ["naive", "relay"]);
  for (const { protocol, acks, start } of rivals) {
    await using running = await start(directory);
    const load = { ...counted, protocol, acks, port: running.port };
    for (const generator of [inNode, ...(skip === false ? [inC] : [])]) {
      assertAllDelivered(await runLoad(generator, load), acks ? messages : 0);
    }
  }
});
