import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import stringWidth from "string-width";
import { safeText } from "./safe-text.ts";
import { nastyText } from "./test/nasty-text.ts";
import { clusterAt, clusterWidth, cutToWidth, displayWidth, graphemes } from "./width.ts";

describe("display width", () => {
  test("agrees with the table Ink draws with", () => {
    fc.assert(
      fc.property(nastyText(), (raw) => {
        assert.equal(displayWidth(raw), stringWidth(raw));
      }),
    );
  });

  test("of safe text is the sum over its characters, each of them visible", () => {
    fc.assert(
      fc.property(nastyText(), (raw) => {
        const shown = safeText(raw);
        const widths = graphemes(shown).map(clusterWidth);
        assert.equal(
          widths.reduce((sum, width) => sum + width, 0),
          displayWidth(shown),
        );
        assert.ok(widths.every((width) => width >= 1));
      }),
    );
  });

  test("counts cells, not code units", () => {
    assert.equal(displayWidth("plain"), 5);
    assert.equal(displayWidth("世界"), 4);
    assert.equal(displayWidth("e\u0301"), 1);
    assert.equal(displayWidth("👩‍👩‍👧‍👦"), 2);
  });

  test("stays right after more different characters than are remembered", () => {
    for (let codePoint = 0x4e00; codePoint < 0x4e00 + 5000; codePoint += 1) {
      assert.equal(clusterWidth(String.fromCodePoint(codePoint)), 2);
    }
    assert.equal(clusterWidth("é"), 1);
  });
});

describe("graphemes", () => {
  test("are what a reader calls characters", () => {
    assert.deepEqual(graphemes("ae\u0301👍🏽\r\n한"), ["a", "e\u0301", "👍🏽", "\r\n", "한"]);
    assert.deepEqual(graphemes("abc"), ["a", "b", "c"]);
    assert.deepEqual(graphemes(""), []);
  });

  test("are found around any offset", () => {
    assert.deepEqual(clusterAt("a👍🏽b", 3), { start: 1, end: 5 });
    assert.deepEqual(clusterAt("ab", 2), { start: 2, end: 2 });
    assert.deepEqual(clusterAt("", 0), { start: 0, end: 0 });
  });
});

describe("cutting to a width", () => {
  test("leaves what fits and ends what does not with an ellipsis", () => {
    assert.equal(cutToWidth("hello", 5), "hello");
    assert.equal(cutToWidth("hello", 4), "hel…");
    assert.equal(cutToWidth("世界", 4), "世界");
    assert.equal(cutToWidth("世界", 3), "世…");
    assert.equal(cutToWidth("世界", 2), "…");
    assert.equal(cutToWidth("hello", 0), "");
    assert.equal(cutToWidth("hello", Number.NaN), "");
  });

  test("shows the first line only", () => {
    assert.equal(cutToWidth("one\ntwo", 20), "one…");
    assert.equal(cutToWidth("one\ntwo", 3), "on…");
  });
});
