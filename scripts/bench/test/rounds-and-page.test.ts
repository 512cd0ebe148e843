import assert from "node:assert/strict";
import { test } from "node:test";
import { performancePage } from "../performance-page.ts";
import type { Result } from "../results.ts";
import { interleaved, median } from "../rounds.ts";

test("the median is the one in the middle, or lies between the two there", () => {
  assert.deepEqual([median([3, 1, 2]), median([4, 1, 2, 3]), median([7])], [2, 2.5, 7]);
  assert.ok(Number.isNaN(median([])));
});

test("contenders are measured in turn, round by round", async () => {
  const order: string[] = [];
  const results = await interleaved(["a", "b"], 2, async (contender, round) => {
    order.push(`${contender}${round}`);
    return order.length;
  });
  assert.deepEqual(order, ["a0", "b0", "a1", "b1"]);
  assert.deepEqual(
    [...results],
    [
      ["a", [1, 3]],
      ["b", [2, 4]],
    ],
  );
});

const result: Result = {
  measurement: "fanout",
  at: "2026-01-31T12:00:00.000Z",
  machine: "2 × something",
  node: "v26.10.0",
  commit: "abc",
  server: "built",
  args: ["--rounds", "5"],
  load: 0.25,
  tables: [{ title: "Sends", columns: ["sends/s"], rows: [[1234]] }],
  plots: [{ name: "fanout", title: "Sends", x: "members", y: "sends", series: [] }],
  samples: {},
  notes: ["Closed loop."],
};

const measurements = [
  { name: "fanout", about: "sends" },
  { name: "idle", about: "memory" },
];

test("the page shows what was measured, on what, and the plot beside it", () => {
  const files = performancePage(measurements, new Map([["fanout", result]]));
  const page = files.get("PERFORMANCE.md") ?? "";
  for (const text of [
    "| 1,234 |",
    "with `--rounds 5`: the built server at abc",
    "2 × something",
    "- Closed loop.",
  ]) {
    assert.ok(page.includes(text), text);
  }
  assert.ok(page.includes("](performance-fanout.svg)") && files.has("performance-fanout.svg"));
});

test("the page says of what was not measured that it was not, and shows no figure for it", () => {
  const page = performancePage(measurements, new Map()).get("PERFORMANCE.md") ?? "";
  assert.match(page, /## idle\n\nMemory\.\n\nNot measured yet: `npm run bench -- --only idle`\./);
  assert.ok(!page.includes("|"));
});
