import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { safeText } from "./safe-text.ts";
import { nastyText } from "./test/nasty-text.ts";
import { clusterWidth, displayWidth, graphemes } from "./width.ts";
import { truncate, wrapText } from "./wrap.ts";

const wrap = (raw: string, columns: number): string[] =>
  wrapText(safeText(raw, { multiline: true }), columns);

const columnCounts = fc.integer({ min: 1, max: 30 });

describe("wrapping", () => {
  test("breaks between words and drops the spaces at the break", () => {
    assert.deepEqual(wrap("the quick  brown fox", 10), ["the quick", "brown fox"]);
    assert.deepEqual(wrap("exact fit", 9), ["exact fit"]);
    assert.deepEqual(wrap("four     five", 4), ["four", "five"]);
  });

  test("honours line breaks and keeps empty lines", () => {
    assert.deepEqual(wrap("a\n\nb\n", 10), ["a", "", "b", ""]);
    assert.deepEqual(wrap("", 10), [""]);
  });

  test("keeps the indentation of code", () => {
    assert.deepEqual(wrap("if x:\n    return  y", 40), ["if x:", "    return  y"]);
    assert.deepEqual(wrap("    abcdefgh", 8), ["    abcd", "efgh"]);
    assert.deepEqual(wrap("      x", 4), ["    ", "  x"]);
  });

  test("breaks a word only when it is longer than a row", () => {
    assert.deepEqual(wrap("see abcdefghijkl now", 8), ["see", "abcdefgh", "ijkl now"]);
  });

  test("never cuts a character in two", () => {
    assert.deepEqual(wrap("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 3), ["👩‍👩‍👧‍👦", "👩‍👩‍👧‍👦"]);
    assert.deepEqual(wrap("e\u0301e\u0301e\u0301", 2), ["e\u0301e\u0301", "e\u0301"]);
  });

  test("breaks East Asian text anywhere but before closing marks", () => {
    assert.deepEqual(wrap("ab 你好世界", 8), ["ab 你好", "世界"]);
    assert.deepEqual(wrap("你好世。界", 6), ["你好", "世。界"]);
  });

  test("shows a question mark for a character wider than a whole row", () => {
    assert.deepEqual(wrap("a界b", 1), ["a", "?", "b"]);
  });

  test("does with a window that has shrunk to nothing", () => {
    assert.deepEqual(wrap("ab", 0), ["a", "b"]);
    assert.deepEqual(wrap("ab", -3), ["a", "b"]);
    assert.deepEqual(wrap("ab", Number.NaN), ["a", "b"]);
    assert.deepEqual(wrap("abc", 2.7), ["ab", "c"]);
  });

  test("never makes a row wider than asked", () => {
    fc.assert(
      fc.property(nastyText(), columnCounts, (raw, columns) => {
        for (const row of wrap(raw, columns)) {
          assert.ok(displayWidth(row) <= columns, `${JSON.stringify(row)} in ${columns}`);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("treats the lines of a text each by itself", () => {
    fc.assert(
      fc.property(nastyText(), columnCounts, (raw, columns) => {
        const text = safeText(raw, { multiline: true });
        const lines = text.split("\n").map((line) => safeText(line));
        assert.deepEqual(
          wrapText(text, columns),
          lines.flatMap((line) => wrapText(line, columns)),
        );
      }),
    );
  });

  test("loses nothing but spaces at breaks", () => {
    fc.assert(
      fc.property(nastyText(), columnCounts, (raw, columns) => {
        const text = safeText(raw);
        assertSpells(wrapText(text, columns), expectedCharacters(text, columns));
      }),
      { numRuns: 1000 },
    );
  });

  test("puts as much on a row as fits", () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(words, fc.integer({ min: 8, max: 40 }), (list, columns) => {
        const rows = wrap(list.join(" "), columns);
        assert.equal(rows.join(" "), list.join(" "));
        for (const [index, row] of rows.slice(1).entries()) {
          const firstWord = row.split(" ")[0] ?? "";
          assert.ok((rows[index] ?? "").length + 1 + firstWord.length > columns);
        }
      }),
    );
  });

  test("takes a very long line without nesting or quadratic work", () => {
    const rows = wrap("界".repeat(10_000), 80);
    assert.equal(rows.length, 250);
    assert.equal(rows.join(""), "界".repeat(10_000));
  });
});

describe("truncating", () => {
  test("keeps safe text within its columns and marks the cut", () => {
    fc.assert(
      fc.property(nastyText(), fc.integer({ min: 0, max: 30 }), (raw, columns) => {
        const text = safeText(raw, { multiline: true });
        const cut = truncate(text, columns);
        assert.ok(displayWidth(cut) <= columns);
        assert.ok(cut === text || cut === "" || cut.endsWith("…"));
      }),
    );
  });

  test("keeps a text that fits whole", () => {
    assert.equal(truncate(safeText("日本"), 4), "日本");
  });
});

function expectedCharacters(text: string, columns: number): string[] {
  return graphemes(text).map((cluster) => (clusterWidth(cluster) > columns ? "?" : cluster));
}

/** Walks the rows of one line along it: only spaces between rows or at the end may be missing. */
function assertSpells(rows: readonly string[], characters: readonly string[]): void {
  let at = 0;
  for (const [index, row] of rows.entries()) {
    const shown = graphemes(row);
    while (index > 0 && shown[0] !== " " && characters[at] === " ") at += 1;
    for (const character of shown) {
      assert.equal(characters[at], character);
      at += 1;
    }
  }
  while (characters[at] === " ") at += 1;
  assert.equal(at, characters.length);
}
