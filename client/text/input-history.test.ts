import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type InputHistory, newer, newInputHistory, older, remember } from "./input-history.ts";

const historyOf = (...sent: string[]): InputHistory => sent.reduce(remember, newInputHistory(3));

describe("input history", () => {
  test("steps back through what was sent and forward to the draft", () => {
    const first = older(historyOf("one", "two"), "draft");
    assert.equal(first?.text, "two");
    const second = older(first.history, "two");
    assert.equal(second?.text, "one");
    assert.equal(older(second.history, "one"), undefined);
    const third = newer(second.history);
    assert.equal(third?.text, "two");
    const draft = newer(third.history);
    assert.equal(draft?.text, "draft");
    assert.equal(newer(draft.history), undefined);
  });

  test("forgets the oldest beyond its limit", () => {
    assert.deepEqual(historyOf("a", "b", "c", "d").sent, ["b", "c", "d"]);
    assert.deepEqual(remember(newInputHistory(0), "a").sent.length, 1);
  });

  test("keeps an immediate repeat once and nothing blank", () => {
    assert.deepEqual(historyOf("a", "a", " ", "\n", "b").sent, ["a", "b"]);
    assert.deepEqual(historyOf("a", "b", "a").sent, ["a", "b", "a"]);
  });

  test("starts from the newest again after sending", () => {
    const back = older(historyOf("one", "two"), "");
    const after = remember(back?.history ?? newInputHistory(3), "three");
    assert.equal(older(after, "")?.text, "three");
  });

  test("has nothing to offer while empty", () => {
    assert.equal(older(newInputHistory(3), "x"), undefined);
    assert.equal(newer(newInputHistory(3)), undefined);
  });
});
