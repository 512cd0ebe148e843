import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import type { RoomId } from "@lair-chat/protocol/ids.ts";
import { startBenchServer } from "../bench-server.ts";
import { runLoad } from "../generator.ts";
import { type Person, populate } from "../population.ts";
import { prepareGenerator } from "../prepare-generator.ts";
import { startReaders } from "../readers/reader-process.ts";
import { roomHead } from "../readers/room-head.ts";

const skip = process.platform === "win32" && "no process can be stopped there";
const limitMs = 60_000;

test("readers that were stopped have every entry once in the end, as those that were not", {
  skip,
  timeout: 120_000,
}, async () => {
  const directory = mkdtempSync(path.join(tmpdir(), "lair-readers-test-"));
  try {
    const population = await populate(directory, { rooms: 1, members: 5, messages: 700 });
    await using server = await startBenchServer(population);
    const roomId = population.rooms[0] as RoomId;
    const owner = population.persons[0] as Person;
    const head = () => roomHead(server, owner, roomId);
    const place = ({ token }: Person) => ({ tcpPort: server.tcpPort, roomId, token });
    const [stopping, witness] = [population.persons.slice(2, 4), population.persons.slice(4)];
    await using readers = startReaders(stopping.map(place));
    await using others = startReaders(witness.map(place));
    // More than a page of what was there before.
    await readers.reach(await head(), limitMs);
    readers.stop();
    await runLoad(prepareGenerator("node", ""), {
      protocol: "lair",
      acks: true,
      port: server.tcpPort,
      seats: population.seats,
      rooms: 1,
      members: 2,
      senders: 2,
      window: 4,
      body: 4000,
      count: 300,
      warmup: 0,
    });
    readers.goOn();
    const end = await head();
    const all = [...(await readers.reach(end, limitMs)), ...(await others.reach(end, limitMs))];
    assert.equal(new Set(all.map(({ digest }) => digest)).size, 1);
    assert.deepEqual(new Set(all.map(({ seq }) => seq)), new Set([end]));
    assert.ok(all.every(({ bytes }) => bytes > 300 * 4000));
    await assert.rejects(readers.reach(end + 1, 1), /a reader has \d+ of \d+ entries/);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
