import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { type DiskEvent, readDiskEvents } from "../disk-events.ts";
import { diskImages } from "../power-loss.ts";
import { createRandom } from "../random.ts";

const file = "/data/a.db";
const write = (at: number, text: string): DiskEvent => ({
  kind: "write",
  file,
  at,
  bytes: Buffer.from(text),
});
const sync: DiskEvent = { kind: "sync", file };

test("what was synced before anybody was told of it is in every image in which they were told", () => {
  const events: DiskEvent[] = [];
  for (let number = 0; number < 50; number += 1) {
    events.push(write(number, "x"), sync, { kind: "told", ids: [`${number}`] });
  }
  for (const { files, told } of diskImages(events, 600, createRandom(1))) {
    const content = files.get(file)?.toString() ?? "";
    for (const id of told) assert.equal(content[Number(id)], "x");
  }
});

test("what was not synced is lost in some images, kept in others and torn at sectors in the rest", () => {
  const events = [write(0, "a".repeat(2048)), sync, write(0, "b".repeat(2048))];
  const seen = { lost: 0, torn: 0, kept: 0 };
  for (const { files, unsynced, cut } of diskImages(events, 300, createRandom(2))) {
    if (cut < 2) continue;
    const content = files.get(file)?.toString() ?? "";
    const sectors = content.match(/.{512}/g) ?? [];
    assert.ok(sectors.every((sector) => /^(a*|b*)$/.test(sector)));
    if (unsynced !== "kept") assert.ok(unsynced === "torn" || !content.includes("b"));
    if (new Set(sectors).size === 2) seen.torn += 1;
    else if (content.startsWith("b")) seen.kept += 1;
    else seen.lost += 1;
  }
  assert.ok(seen.lost > 0 && seen.torn > 0 && seen.kept > 0, JSON.stringify(seen));
});

test("a write that lies across the end of a sector is torn there and nowhere else", () => {
  const events = [write(0, "a".repeat(1024)), sync, write(500, "b".repeat(24))];
  for (const { files, cut } of diskImages(events, 200, createRandom(3))) {
    if (cut < 2) continue;
    const content = files.get(file)?.toString() ?? "";
    assert.match(content.slice(500, 512), /^(a*|b*)$/);
    assert.match(content.slice(512, 524), /^(a*|b*)$/);
  }
});

test("with everything kept an image is what the program would read itself", () => {
  const change = fc.oneof(
    fc.record({ at: fc.nat(3000), text: fc.string({ minLength: 1, maxLength: 1500 }) }),
    fc.record({ length: fc.nat(3000) }),
    fc.constant("sync" as const),
  );
  fc.assert(
    fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
      let expected = Buffer.alloc(0);
      const events = changes.map((one): DiskEvent => {
        if (one === "sync") return sync;
        if ("length" in one) {
          expected = Buffer.concat([expected.subarray(0, one.length)], one.length);
          return { kind: "truncate", file, length: one.length };
        }
        const bytes = Buffer.from(one.text);
        const end = Math.max(expected.length, one.at + bytes.length);
        expected = Buffer.concat([expected], end);
        bytes.copy(expected, one.at);
        return { kind: "write", file, at: one.at, bytes };
      });
      for (const image of diskImages(events, 40, createRandom(4))) {
        if (image.unsynced !== "kept" || image.cut !== events.length) continue;
        assert.deepEqual(image.files.get(file) ?? Buffer.alloc(0), expected);
      }
    }),
  );
});

test("a trace is read with its threads, its unfinished calls and its sockets", async () => {
  const hex = (text: string) =>
    [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
  const id = "0198c0de-0000-7000-8000-000000000001";
  const lines = [
    `11 pwrite64(3<${hex(file)}>, "${hex('a"b')}", 3, 512) = 3`,
    `11 fdatasync(3<${hex(file)}> <unfinished ...>`,
    `12 write(1<${hex("/dev/null")}>, "${hex("hello")}", 5) = 5`,
    "11 <... fdatasync resumed>)          = 0",
    `12 writev(9<${hex("socket:[1]")}>, [{iov_base="${hex("....")}", iov_len=4}, {iov_base="${hex(`{"client_id":"${id}"}`)}", iov_len=52}], 2) = 56`,
    `11 fsync(3<${hex(file)}>) = -1 EIO (Input/output error)`,
    `11 ftruncate(3<${hex(file)}>, 100)      = 0`,
    `11 unlink("${hex(file)}")               = 0`,
    "11 +++ exited with 0 +++",
  ];
  const folder = mkdtempSync(join(tmpdir(), "lair-chat-trace-"));
  try {
    const log = join(folder, "trace.log");
    writeFileSync(log, `${lines.join("\n")}\n`);
    assert.deepEqual(await readDiskEvents(log), [
      { kind: "write", file, at: 512, bytes: Buffer.from('a"b') },
      { kind: "sync", file },
      { kind: "told", ids: [id] },
      { kind: "truncate", file, length: 100 },
      { kind: "unlink", file },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
