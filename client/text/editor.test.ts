import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  clear,
  deleteBackward,
  deleteForward,
  deleteToLineEnd,
  deleteToLineStart,
  deleteWordBackward,
  deleteWordForward,
  type Edit,
  type Editor,
  insert,
  insertPaste,
  moveLeft,
  moveLineEnd,
  moveLineStart,
  moveRight,
  moveWordLeft,
  moveWordRight,
  newEditor,
  newline,
  setText,
  undo,
  usedBytes,
  yank,
} from "./editor.ts";
import { applyAction, type ChangeName, type EditorAction } from "./editor-actions.ts";
import { nastyText } from "./test/nasty-text.ts";
import { graphemes } from "./width.ts";

/** An editor with the caret at the bar. */
function at(marked: string, limitBytes = 4096): Editor {
  const caret = marked.indexOf("|");
  const text = marked.slice(0, caret) + marked.slice(caret + 1);
  return { ...newEditor(limitBytes), text, caret };
}

const show = ({ text, caret }: Editor): string => `${text.slice(0, caret)}|${text.slice(caret)}`;

function done(edit: Edit): Editor {
  assert.equal(edit.outcome, "done");
  return edit.editor;
}

const type = (editor: Editor, text: string): Editor =>
  graphemes(text).reduce((before, character) => done(insert(before, character)), editor);

describe("deleting", () => {
  test("takes a whole character, never half of one", () => {
    const characters = [
      "a",
      "é",
      "e\u0301",
      "界",
      "😀",
      "👍🏽",
      "👩‍👩‍👧‍👦",
      "🇩🇪",
      "1️⃣",
      "한",
      "\u1112\u1161\u11ab",
    ];
    for (const character of characters) {
      assert.equal(show(deleteBackward(at(`x${character}|y`))), "x|y");
      assert.equal(show(deleteForward(at(`x|${character}y`))), "x|y");
    }
  });

  test("at either end does nothing", () => {
    assert.equal(show(deleteBackward(at("|ab"))), "|ab");
    assert.equal(show(deleteForward(at("ab|"))), "ab|");
  });

  test("leaves the caret outside a character that the deletion joined", () => {
    assert.equal(show(deleteBackward(at("e\u200B|\u0301x"))), "e\u0301|x");
  });

  test("by words stops at the start or end of a word of any script", () => {
    assert.equal(show(deleteWordBackward(at("one two-three|"))), "one two-|");
    assert.equal(show(deleteWordBackward(at("one two  |x"))), "one |x");
    assert.equal(show(deleteWordForward(at("one| two three"))), "one| three");
    assert.equal(show(deleteWordBackward(at("привет мир|"))), "привет |");
  });

  test("to the ends of the line stays on the line, then takes the line break", () => {
    assert.equal(show(deleteToLineStart(at("one\ntw|o"))), "one\n|o");
    assert.equal(show(deleteToLineStart(at("one\n|o"))), "one|o");
    assert.equal(show(deleteToLineEnd(at("o|ne\ntwo"))), "o|\ntwo");
    assert.equal(show(deleteToLineEnd(at("o|\ntwo"))), "o|two");
  });
});

describe("moving", () => {
  test("goes by whole characters", () => {
    assert.equal(show(moveLeft(at("a👩‍👩‍👧‍👦|b"))), "a|👩‍👩‍👧‍👦b");
    assert.equal(show(moveRight(at("a|👩‍👩‍👧‍👦b"))), "a👩‍👩‍👧‍👦|b");
    assert.equal(show(moveLeft(at("|a"))), "|a");
    assert.equal(show(moveRight(at("a|"))), "a|");
  });

  test("goes by words across lines", () => {
    assert.equal(show(moveWordLeft(at("one\ntwo |"))), "one\n|two ");
    assert.equal(show(moveWordRight(at("one|\n  two!"))), "one\n  two|!");
    assert.equal(show(moveWordRight(at("two|!"))), "two!|");
  });

  test("goes to the ends of the line it is on", () => {
    assert.equal(show(moveLineStart(at("a\nbc|d\ne"))), "a\n|bcd\ne");
    assert.equal(show(moveLineEnd(at("a\nb|cd\ne"))), "a\nbcd|\ne");
    assert.equal(show(moveLineStart(at("|\na"))), "|\na");
  });
});

describe("inserting", () => {
  test("puts text at the caret", () => {
    assert.equal(show(done(insert(at("a|b"), "世界"))), "a世界|b");
    assert.equal(show(done(newline(at("a|b")))), "a\n|b");
    assert.equal(show(done(setText(at("a|b"), "new"))), "new|");
  });

  test("leaves the caret outside a character that it completed", () => {
    assert.equal(show(done(insert(at("👩|👩"), "\u200D"))), "👩\u200D👩|");
  });

  test("beyond the limit changes nothing and tells by how much", () => {
    const full = at("é|", 4);
    const edit = insert(full, "世");
    assert.deepEqual(edit, { outcome: "too_long", editor: full, excessBytes: 1 });
    assert.equal(usedBytes(done(insert(full, "ab"))), 4);
    assert.equal(setText(full, "abcde").outcome, "too_long");
    assert.equal(insertPaste(full, "x".repeat(1_000_000)).outcome, "too_long");
    assert.deepEqual(insertPaste(full, "abc"), {
      outcome: "too_long",
      editor: full,
      excessBytes: 1,
    });
  });

  test("pasted text changes its line endings and nothing else", () => {
    const pasted = "a\r\nb\rc\nd\t\u001B[31m\u202E";
    assert.equal(done(insertPaste(at("|"), pasted)).text, "a\nb\nc\nd\t\u001B[31m\u202E");
  });

  test("keeps out what cannot be sent as UTF-8", () => {
    assert.equal(done(insert(at("|"), "a\uD83D")).text, "a\uFFFD");
  });
});

describe("killing and yanking", () => {
  test("brings back what was killed last", () => {
    const killed = deleteWordBackward(at("one two|"));
    assert.equal(show(done(yank(moveLineStart(killed)))), "two|one ");
    assert.equal(show(done(yank(at("a|")))), "a|");
  });

  test("joins kills that follow each other, in the order of the text", () => {
    assert.equal(deleteWordBackward(deleteWordBackward(at("one two|"))).killed, "one two");
    assert.equal(deleteToLineEnd(deleteToLineEnd(at("|one\ntwo"))).killed, "one\n");
    const apart = deleteWordBackward(moveLeft(deleteWordBackward(at("one two|"))));
    assert.equal(apart.killed, "one");
  });
});

describe("undo", () => {
  test("takes back typing word by word and other changes one by one", () => {
    const typed = type(newEditor(100), "one two");
    assert.equal(show(undo(typed)), "one|");
    assert.equal(show(undo(undo(typed))), "|");
    assert.equal(show(undo(deleteWordBackward(typed))), "one two|");
    assert.equal(show(undo(clear(typed))), "one two|");
    assert.equal(show(undo(done(insertPaste(typed, " 3")))), "one two|");
    assert.equal(show(undo(newEditor(100))), "|");
  });

  test("remembers a bounded number of steps", () => {
    const typed = type(newEditor(4096), " x".repeat(500));
    assert.equal(typed.past.length, 100);
  });
});

const changeNames: ChangeName[] = [
  "newline",
  "yank",
  "clear",
  "undo",
  "deleteBackward",
  "deleteForward",
  "deleteWordBackward",
  "deleteWordForward",
  "deleteToLineStart",
  "deleteToLineEnd",
  "moveLeft",
  "moveRight",
  "moveWordLeft",
  "moveWordRight",
  "moveLineStart",
  "moveLineEnd",
  "moveTextStart",
  "moveTextEnd",
  "moveUp",
  "moveDown",
];

const anyAction: fc.Arbitrary<EditorAction> = fc.oneof(
  nastyText(6).map((text): EditorAction => ({ type: "insert", text })),
  nastyText(12).map((text): EditorAction => ({ type: "paste", text })),
  fc.constantFrom(...changeNames).map((name): EditorAction => ({ type: name })),
  fc.constantFrom(...changeNames).map((name): EditorAction => ({ type: name })),
);

describe("any sequence of actions", () => {
  test("leaves the caret between characters and the text within its limit", () => {
    fc.assert(
      fc.property(
        fc.array(anyAction, { maxLength: 40, size: "max" }),
        fc.integer({ min: 1, max: 20 }),
        (actions, columns) => {
          let editor = newEditor(200);
          for (const action of actions) {
            editor = applyAction(editor, action, columns).editor;
            assert.ok(boundaries(editor.text).has(editor.caret), `inside after ${action.type}`);
            assert.ok(usedBytes(editor) <= 200);
            assert.ok(editor.text.isWellFormed());
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("that only moves never changes the text", () => {
    const moves = changeNames.filter((name) => name.startsWith("move"));
    fc.assert(
      fc.property(nastyText(), fc.array(fc.constantFrom(...moves)), (text, names) => {
        const start = done(setText(newEditor(4096), text));
        const end = names.reduce((e, name) => applyAction(e, { type: name }, 12).editor, start);
        assert.equal(end.text, start.text);
      }),
    );
  });

  test("can be undone back to the beginning", () => {
    fc.assert(
      fc.property(fc.array(anyAction, { maxLength: 20 }), (actions) => {
        const start = at("start|", 4096);
        let editor = actions.reduce((e, action) => applyAction(e, action, 12).editor, start);
        const steps = editor.past.length;
        for (let step = 0; step < steps; step += 1) editor = undo(editor);
        assert.equal(editor.text, "start");
      }),
    );
  });
});

function boundaries(text: string): Set<number> {
  const found = new Set([0]);
  let offset = 0;
  for (const character of graphemes(text)) {
    offset += character.length;
    found.add(offset);
  }
  return found;
}
