import assert from "node:assert/strict";
import { test } from "node:test";
import { killRun } from "./crash/kill-run.ts";

const KILLS = 20;
const MINUTE_MS = 60_000;
/** For the beginning, and for all to become equal at the end. */
const AROUND_MS = 4 * MINUTE_MS;

/** Minutes to go on for, instead of so many kills. */
function minutesAsked(): number {
  const asked = process.env["KILL_MINUTES"] ?? "0";
  const minutes = Number(asked);
  if (!(minutes >= 0 && minutes <= 24 * 60)) throw new Error(`KILL_MINUTES is no time: ${asked}`);
  return minutes;
}

const minutes = minutesAsked();

test("both ends are killed at random while two people write from two machines each, and every screen and every disk ends equal to the log", {
  timeout: minutes * MINUTE_MS + AROUND_MS,
}, async (t) => {
  const end = performance.now() + minutes * MINUTE_MS;
  const result = await killRun({
    isGoingOn: (kills) => (minutes === 0 ? kills < KILLS : performance.now() < end),
    random: Math.random,
    patienceMs: 2 * MINUTE_MS,
  });
  t.diagnostic(JSON.stringify(result));
  assert.ok(result.kills > 0 && result.stored >= result.kept);
});
