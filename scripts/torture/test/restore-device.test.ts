import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { contentOf } from "../device-content.ts";
import { contentHash, HistoryFile, type HistoryRecord, readHistory } from "../history.ts";
import { restoreDevice } from "../restore-device.ts";

function withHistory(records: readonly HistoryRecord[], use: (path: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "lair-chat-history-"));
  try {
    const path = join(folder, "device.jsonl");
    const file = new HistoryFile(path);
    for (const record of records) file.add(record);
    file.close();
    use(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const sent = (at: number, id: string): HistoryRecord => [
  "invoke",
  at,
  id,
  "room",
  contentHash(contentOf(id, 80)),
  80,
];

test("a device that was killed goes on where its history ends", () => {
  const records: HistoryRecord[] = [
    sent(1, "stored"),
    sent(2, "refused"),
    sent(3, "unknown"),
    sent(4, "under way"),
    ["ok", 5, "stored", 7, null],
    ["fail", 6, "refused", "busy"],
    ["info", 7, "unknown"],
    ["show", "room", [7, "message_received", "stored", "ann", "h"]],
  ];
  withHistory(records, (path) => {
    const { shown, lastStored, unsettled } = restoreDevice(path);
    assert.equal(shown.get("room"), 7);
    assert.equal(lastStored.get("room"), "stored");
    assert.deepEqual(
      unsettled.map(({ id }) => id),
      ["unknown", "under way"],
    );
    assert.ok(
      unsettled.every(({ isUnsure, content, hash }) => isUnsure && contentHash(content) === hash),
    );
  });
});

test("a line that a killed process did not finish is taken back, and nothing else", () => {
  withHistory([sent(1, "a"), sent(2, "b")], (path) => {
    const whole = readFileSync(path, "utf8");
    appendFileSync(path, '["ok",3,"a",');
    assert.equal(restoreDevice(path).unsettled.length, 2);
    assert.equal(readFileSync(path, "utf8"), whole);
  });
});

test("a history is read in pieces and comes out whole", () => {
  const records = Array.from({ length: 30_000 }, (_, index) => sent(index, `${index}`.repeat(9)));
  withHistory(records, (path) => assert.deepEqual([...readHistory(path)], records));
});
