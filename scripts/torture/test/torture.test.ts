import assert from "node:assert/strict";
import { test } from "node:test";
import { missing } from "../fault.ts";
import { powerLoss } from "../faults/power-loss.ts";
import { violationKinds } from "../findings.ts";
import type { Ledger } from "../ledger.ts";
import { readOptions } from "../options.ts";
import { runTorture } from "../run-torture.ts";

// The short tier of the torture; docs/torture.md has the long ones.

async function torture(args: readonly string[]): Promise<Ledger> {
  const lines: string[] = [];
  const options = readOptions(["--minutes", "20", ...args], Math.random);
  const ledger = await runTorture(options, { say: (line) => lines.push(line), commit: undefined });
  const { seed, violations, missed, examples } = ledger;
  const found = violationKinds.filter((kind) => ledger[kind] > 0);
  const story = [`seed ${seed}`, ...examples, ...lines].join("\n");
  assert.deepEqual({ found, violations, missed }, { found: [], violations: [], missed: [] }, story);
  return ledger;
}

test("a server killed thirty times, half of them on a message's way, keeps what it acknowledged once and in order", {
  timeout: 290_000,
}, async (t) => {
  const crowd = ["--clients", "12", "--processes", "2", "--rooms", "3", "--transports", "tcp,ws"];
  const { acked, kills } = await torture([
    ...crowd,
    "--faults",
    "kill,fail-point",
    "--kills",
    "30",
  ]);
  assert.ok(kills >= 30 && acked > 30 * 20, `${acked} acknowledged, ${kills} kills`);
  t.diagnostic(`${kills} kills, ${acked} acknowledged`);
});

test("of a hundred disks that lost their power none lacks what was acknowledged", {
  skip: missing(powerLoss) ?? false,
  timeout: 290_000,
}, async () => {
  const crowd = ["--clients", "2", "--processes", "1", "--rooms", "1", "--transports", "tcp"];
  const images = ["--faults", "power-loss", "--portion", "100", "--images", "100"];
  const { faults } = await torture([...crowd, ...images]);
  assert.ok((faults["power-loss"]?.["imagesWithAcks"] ?? 0) > 30);
});
