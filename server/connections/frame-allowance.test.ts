import assert from "node:assert/strict";
import { test } from "node:test";
import { connectionLimits } from "./connection-limits.ts";
import { FrameAllowance, type FrameVerdict } from "./frame-allowance.ts";

const limits = connectionLimits();

function kinds(count: number, judge: () => FrameVerdict): Readonly<Record<string, number>> {
  const counted: Record<string, number> = {};
  for (let frame = 0; frame < count; frame += 1) {
    const { kind } = judge();
    counted[kind] = (counted[kind] ?? 0) + 1;
  }
  return counted;
}

test("two hundred frames may come at once, a hundred more each second, and the others are told to wait", () => {
  const allowance = new FrameAllowance(limits, 0);
  const judge = (now: number) => () => allowance.judge(true, now);
  assert.deepEqual(kinds(210, judge(0)), { take: 200, refuse: 10 });
  const verdict = allowance.judge(true, 5);
  assert.ok(verdict.kind === "refuse");
  assert.deepEqual([verdict.error.code, verdict.error.retryAfter], ["rate_limited", 1]);
  assert.deepEqual(kinds(105, judge(1_000)), { take: 100, refuse: 5 });
  assert.deepEqual(kinds(205, judge(3_600_000)), { take: 200, refuse: 5 });
});

test("who goes on without a pause is cut off, who only now and then is too fast is not", () => {
  const flood = new FrameAllowance(limits, 0);
  const refused = limits.refusedFramesPerMinute;
  const counted = kinds(200 + refused + 1, () => flood.judge(true, 0));
  assert.deepEqual(counted, { take: 200, refuse: refused, end: 1 });
  const patient = new FrameAllowance(limits, 0);
  for (let minute = 0; minute < 9; minute += 1) {
    const seen = kinds(200 + refused, () => patient.judge(true, minute * 60_000));
    assert.deepEqual(seen, { take: 200, refuse: refused });
  }
});

test("before signing in there are few frames, however slowly they come", () => {
  const allowance = new FrameAllowance(limits, 0);
  let now = 0;
  const counted = kinds(limits.framesBeforeSignIn + 1, () => {
    now += 10_000;
    return allowance.judge(false, now);
  });
  assert.deepEqual(counted, { take: limits.framesBeforeSignIn, end: 1 });
});

test("a clock that seems to go back earns nothing and breaks nothing", () => {
  const allowance = new FrameAllowance(limits, 1_000);
  assert.deepEqual(
    kinds(201, () => allowance.judge(true, 0)),
    { take: 200, refuse: 1 },
  );
});

test("where there is no limit every frame is taken", () => {
  const endless = connectionLimits({ framesBurst: Number.POSITIVE_INFINITY });
  const allowance = new FrameAllowance(endless, 0);
  assert.deepEqual(
    kinds(5_000, () => allowance.judge(true, 0)),
    { take: 5_000 },
  );
});
