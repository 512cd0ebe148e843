import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Editor, moveRight, moveTextStart, newEditor, setText } from "./editor.ts";
import { layout, moveDown, moveUp } from "./editor-layout.ts";
import { nastyText } from "./test/nasty-text.ts";
import { firstForbidden } from "./test/oracle.ts";
import { displayWidth } from "./width.ts";

const editorOf = (text: string): Editor => setText(newEditor(100_000), text).editor;

function at(marked: string): Editor {
  const caret = marked.indexOf("|");
  return { ...editorOf(marked.slice(0, caret) + marked.slice(caret + 1)), caret };
}

const show = ({ text, caret }: Editor): string => `${text.slice(0, caret)}|${text.slice(caret)}`;

const caretOf = (editor: Editor, columns: number): [row: number, column: number] => {
  const { caretRow, caretColumn } = layout(editor, columns);
  return [caretRow, caretColumn];
};

const columnCounts = fc.integer({ min: 2, max: 30 });

describe("drawing the editor", () => {
  test("counts the caret's column in cells", () => {
    assert.deepEqual(caretOf(at("你好|世界"), 20), [0, 4]);
    assert.deepEqual(caretOf(at("👩‍👩‍👧‍👦e\u0301|"), 20), [0, 3]);
    assert.deepEqual(caretOf(at("|"), 20), [0, 0]);
  });

  test("wraps at words and leaves a cell for the caret", () => {
    const { rows, caretRow, caretColumn } = layout(at("hello world|"), 9);
    assert.deepEqual(rows, ["hello", "world"]);
    assert.deepEqual([caretRow, caretColumn], [1, 5]);
    assert.deepEqual(caretOf(at("12345678|"), 9), [0, 8]);
    assert.deepEqual(caretOf(at("hello |world"), 9), [1, 0]);
  });

  test("starts a row for each line break, the last one too", () => {
    const { rows, caretRow, caretColumn } = layout(at("a\n\n|"), 10);
    assert.deepEqual(rows, ["a", "", ""]);
    assert.deepEqual([caretRow, caretColumn], [2, 0]);
  });

  test("shows control characters as symbols and stands before or after them", () => {
    assert.deepEqual(layout(at("a\u001B[2J|"), 20).rows, ["a␛[2J"]);
    assert.deepEqual(caretOf(at("a\u202E|b"), 20), [0, 9]);
    assert.deepEqual(caretOf(at("a|\u202Eb"), 20), [0, 1]);
  });

  test("keeps the caret in view on spaces that hang over the edge", () => {
    assert.deepEqual(caretOf(at("abcd      |"), 5), [0, 4]);
    assert.deepEqual(layout(at("abcd      |"), 5).rows, ["abcd"]);
  });

  test("is safe, fits and has the caret inside, whatever the text and wherever the caret", () => {
    fc.assert(
      fc.property(nastyText(30), columnCounts, (text, columns) => {
        let editor = moveTextStart(editorOf(text));
        for (;;) {
          const drawn = layout(editor, columns);
          for (const row of drawn.rows) {
            assert.ok(displayWidth(row) < columns);
            assert.equal(firstForbidden(row), undefined);
          }
          assert.ok(drawn.caretRow >= 0 && drawn.caretRow < drawn.rows.length);
          assert.ok(drawn.caretColumn >= 0 && drawn.caretColumn < columns);
          if (editor.caret === editor.text.length) break;
          editor = moveRight(editor);
        }
      }),
    );
  });

  test("moves the caret forward on screen as it moves forward in the text", () => {
    fc.assert(
      fc.property(nastyText(30), columnCounts, (text, columns) => {
        let editor = moveTextStart(editorOf(text));
        while (editor.caret < editor.text.length) {
          const [row, column] = caretOf(editor, columns);
          editor = moveRight(editor);
          const [nextRow, nextColumn] = caretOf(editor, columns);
          assert.ok(nextRow > row || (nextRow === row && nextColumn >= column));
        }
      }),
    );
  });

  test("does in one column", () => {
    const { rows, caretRow, caretColumn } = layout(at("ab|"), 1);
    assert.deepEqual(rows, ["a", "b"]);
    assert.deepEqual([caretRow, caretColumn], [1, 0]);
  });
});

describe("moving between rows", () => {
  test("keeps the column across shorter rows", () => {
    const up = moveUp(at("abcdef\nab\nabcd|ef"), 20);
    assert.equal(show(up), "abcdef\nab|\nabcdef");
    assert.equal(show(moveUp(up, 20)), "abcd|ef\nab\nabcdef");
  });

  test("goes by drawn rows, not by lines", () => {
    assert.equal(show(moveUp(at("hello wor|ld"), 9)), "hel|lo world");
    assert.equal(show(moveDown(at("he|llo world"), 9)), "hello wo|rld");
  });

  test("counts cells across wide characters", () => {
    assert.equal(show(moveDown(at("abc|d\n你好"), 20)), "abcd\n你|好");
  });

  test("is the same editor at the first and the last row, where history takes over", () => {
    const editor = at("a|b");
    assert.equal(moveUp(editor, 20), editor);
    assert.equal(moveDown(editor, 20), editor);
  });

  test("up and then down again comes back to the same row", () => {
    fc.assert(
      fc.property(nastyText(30), columnCounts, (text, columns) => {
        const start = editorOf(text);
        const up = moveUp(start, columns);
        if (up === start) return;
        assert.ok(caretOf(up, columns)[0] < caretOf(start, columns)[0]);
        assert.equal(caretOf(moveDown(up, columns), columns)[0], caretOf(start, columns)[0]);
      }),
    );
  });

  test("always reaches the first row", () => {
    fc.assert(
      fc.property(nastyText(30), columnCounts, (text, columns) => {
        let editor = editorOf(text);
        for (let above = moveUp(editor, columns); above !== editor; ) {
          editor = above;
          above = moveUp(editor, columns);
        }
        assert.ok(caretOf(editor, columns)[0] === 0);
      }),
    );
  });
});
