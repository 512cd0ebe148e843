import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isBase } from "./code-points.ts";
import { newEditor, setText } from "./editor.ts";
import { layout } from "./editor-layout.ts";
import { type SafeText, safe, safeLine, safeText } from "./safe-text.ts";
import { attackPayloads } from "./test/corpus.ts";
import { nastyText } from "./test/nasty-text.ts";
import { firstForbidden } from "./test/oracle.ts";
import { clusterWidth, displayWidth, graphemes } from "./width.ts";
import { truncate, wrapText } from "./wrap.ts";

const multiline = { multiline: true };

/** Every way in which this layer hands text to a view. */
const sinks: Readonly<Record<string, (raw: string) => readonly SafeText[]>> = {
  "one line": (raw) => [safeText(raw)],
  "cut line": (raw) => [safeLine(raw, 30)],
  "narrow line": (raw) => [safeLine(raw, 3)],
  "short cap": (raw) => [safeText(raw, { maxLength: 10 })],
  "wrapped message": (raw) => wrapText(safeText(raw, multiline), 20),
  "narrow message": (raw) => wrapText(safeText(raw, multiline), 1),
  "first line": (raw) => [truncate(safeText(raw, multiline), 12)],
  composer: (raw) => {
    const edit = setText(newEditor(1_000_000), raw);
    return layout(edit.editor, 40).rows;
  },
};

describe("safe text", () => {
  test("no attack gets through any sink", async (t) => {
    assert.ok(attackPayloads.length >= 200, `only ${attackPayloads.length} payloads`);
    for (const [name, show] of Object.entries(sinks)) {
      await t.test(name, () => {
        for (const payload of attackPayloads) {
          for (const row of show(payload.text)) {
            assert.equal(firstForbidden(row), undefined, payload.name);
          }
        }
      });
    }
  });

  test("any string comes out with allowed code points only", () => {
    fc.assert(
      fc.property(nastyText(), fc.boolean(), (raw, isMultiline) => {
        const shown = safeText(raw, { multiline: isMultiline });
        assert.equal(firstForbidden(shown, isMultiline), undefined);
      }),
      { numRuns: 2000 },
    );
  });

  test("making safe text safe again changes nothing", () => {
    const options = fc.record(
      { multiline: fc.boolean(), maxLength: fc.integer({ min: 0, max: 40 }) },
      { requiredKeys: [], noNullPrototype: true },
    );
    fc.assert(
      fc.property(nastyText(), options, (raw, chosen) => {
        const once = safeText(raw, chosen);
        assert.equal(safeText(once, chosen), once);
      }),
      { numRuns: 3000 },
    );
  });

  test("safe texts side by side are still safe", () => {
    fc.assert(
      fc.property(nastyText(10), nastyText(10), (left, right) => {
        const joined = safe`${safeText(left)}${safeText(right)}`;
        assert.equal(firstForbidden(joined), undefined);
      }),
    );
  });

  test("every code point of Unicode is either shown as it is or as a symbol", () => {
    for (let codePoint = 0; codePoint <= 0x10ffff; codePoint += stepAfter(codePoint)) {
      const raw = String.fromCodePoint(codePoint);
      const shown = safeText(raw);
      if (shown === raw) assertStandsAlone(raw);
      else assert.match(shown, /^(?:[\u2400-\u2421]|<U\+[0-9A-F]{4,6}>|\u25CC.)$/u);
    }
  });

  test("each control character has a visible form", () => {
    assert.equal(safeText("\0\t\n\r\u001B\u007F\u0085\u009B"), "␀␉␊␍␛␡<U+0085><U+009B>");
  });

  test("line breaks stay only where several lines are asked for", () => {
    assert.equal(safeText("a\r\nb\nc\rd"), "a␍␊b␊c␍d");
    assert.equal(safeText("a\r\nb\nc\rd", multiline), "a\nb\nc␍d");
    assert.equal(safeText("\tx", multiline), "    x");
  });

  test("a right-to-left override in a file name is spelled out", () => {
    assert.equal(safeText("invoice\u202Egnp.exe"), "invoice<U+202E>gnp.exe");
  });

  test("ordinary text of every script is left as it is", () => {
    const samples = [
      "Grüße, naïve café ½ € “x”",
      "Привет, мир",
      "こんにちは、世界。ｶﾞｷﾞ",
      "안녕하세요",
      "नमस्ते क्षत्रिय",
      "น้ำ ສະບາຍດີ",
      "မြန်မာဘာသာ",
      "שלום עולם",
      "مرحبا بالعالم",
      "e\u0301 Vie\u0323\u0302t",
    ];
    for (const sample of samples) assert.equal(safeText(sample), sample);
  });

  test("what is not an emoji yet gets no style of one", () => {
    assert.equal(safeText("\u{1FC00}\uFE0E"), "<U+1FC00><U+FE0E>");
    assert.equal(safeText("\u{1F000}\uFE0E"), "\u{1F000}<U+FE0E>");
  });

  test("emoji sequences keep their joiners, however completely they are spelled", () => {
    const samples = [
      "😀",
      "❤️",
      "❤︎",
      "👍🏽",
      "👩‍👩‍👧‍👦",
      "🏳️‍🌈",
      "🏳‍🌈",
      "🇩🇪🇫🇷",
      "1️⃣",
      "🧑🏿‍🚀",
      "😀️",
      "🕵‍♂",
    ];
    for (const sample of samples) assert.equal(safeText(sample), sample);
  });

  test("joiners, selectors and skin tones outside an emoji are shown", () => {
    assert.equal(safeText("a\u200Db"), "a<U+200D>b");
    assert.equal(safeText("a\uFE0F"), "a<U+FE0F>");
    assert.equal(safeText("a🏻"), "a<U+1F3FB>");
    assert.equal(safeText("\u{1F1FD}\u{1F1FD}"), "<U+1F1FD><U+1F1FD>");
    assert.equal(safeText("🏴\u{E0067}\u{E007F}"), "🏴<U+E0067><U+E007F>");
    const england = "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}";
    assert.match(safeText(england), /^🏴<U\+E0067>.*<U\+E007F>$/u);
  });

  test("marks are capped at four on one base and never stand without one", () => {
    assert.equal(safeText(`Z${"\u0335".repeat(50)}!`), `Z${"\u0335".repeat(4)}!`);
    assert.equal(safeText("\u0301x"), "◌\u0301x");
    assert.equal(safeText("a\u200B\u0301"), "a<U+200B>◌\u0301");
  });

  test("a chain of letters that passes for one character is not drawn", () => {
    assert.equal(safeText(`x${"क्".repeat(500)}`), "x\uFFFD");
  });

  test("a long text is cut with an ellipsis and only as far as asked", () => {
    assert.equal(safeText("abcdef", { maxLength: 4 }), "abc…");
    assert.equal(safeText("abcd", { maxLength: 4 }), "abcd");
    assert.equal(safeText("abcd", { maxLength: 0 }), "");
    assert.equal(safeText("ab\u001B\u202E", { maxLength: 10 }), "ab␛…");
    assert.ok(safeText("x".repeat(1_000_000)).length <= 20_000);
  });

  test("a line is never wider than asked", () => {
    fc.assert(
      fc.property(nastyText(), fc.integer({ min: -1, max: 30 }), (raw, columns) => {
        const line = safeLine(raw, columns);
        assert.ok(displayWidth(line) <= Math.max(0, columns));
        assert.ok(!line.includes("\n"));
        if (columns >= displayWidth(safeText(raw))) assert.equal(line, safeText(raw));
      }),
    );
  });
});

// Planes 4 to 13 are empty, 15 and 16 are private: a sample of those will do.
const stepAfter = (codePoint: number): number =>
  codePoint < 0x33480 || (codePoint >= 0xdffff && codePoint < 0xe1000) ? 1 : 0x61;

// Runs for every code point, so the assertion objects are only made on failure.
function assertStandsAlone(character: string): void {
  if (firstForbidden(character) !== undefined) assert.fail(firstForbidden(character));
  if (!isBase(character)) assert.fail(`${JSON.stringify(character)} is no base`);
  if (graphemes(`${character}␛`).length !== 2) assert.fail(`U+${character.codePointAt(0)} glues`);
  if (graphemes(`a${character}`).length !== 2)
    assert.fail(`U+${character.codePointAt(0)} attaches`);
  if (clusterWidth(character) < 1) assert.fail(`U+${character.codePointAt(0)} has no width`);
}
