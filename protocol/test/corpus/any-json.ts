import fc from "fast-check";
import { escapeAt } from "./hostile-json.ts";

/** JSON as a tree that keeps what JavaScript values lose: repeated keys and the spelling of numbers. */
export type JsonTree =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "raw"; readonly raw: string }
  | { readonly kind: "array"; readonly items: readonly JsonTree[] }
  | { readonly kind: "object"; readonly entries: readonly (readonly [string, JsonTree])[] };

const awkwardText = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom("__proto__", "constructor", "prototype"),
  fc.constantFrom(
    "__proto_",
    "___proto__",
    "Constructor",
    "prototype ",
    "constructors",
    "toString",
  ),
  fc.constantFrom('"', "\\", '\\"', '":', '"}', "]]]]", "{{{{", "\\u005f", "\ud800", "é", "😀"),
);

const rawValue = fc.oneof(
  fc.constantFrom("null", "true", "false", "0", "-0", "1.5", "-12e2", "999999999999999"),
  fc.constantFrom("9007199254740991", "9007199254740992", "1e308", "1e309", "-1e999", "1E-400"),
  fc.constantFrom("0.1234567890123456789", "9007199254740993.5", "100000000000000e-13"),
  fc.maxSafeInteger().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => JSON.stringify(number)),
);

/** Any tree; objects may repeat a key only if asked to. */
export function anyTree(options: { repeatKeys: boolean }): fc.Arbitrary<JsonTree> {
  const { tree } = fc.letrec<{ tree: JsonTree }>((tie) => {
    // Few enough names that repetitions happen.
    const key = fc.oneof(
      { arbitrary: awkwardText, weight: 1 },
      { arbitrary: fc.constantFrom("a", "b", "é", "ab"), weight: 2 },
    );
    const entry = fc.tuple(key, tie("tree"));
    const entries = options.repeatKeys
      ? fc.array(entry, { maxLength: 4 })
      : fc.uniqueArray(entry, { maxLength: 4, selector: ([name]) => name });
    return {
      tree: fc.oneof(
        { maxDepth: 7, depthIdentifier: "json" },
        awkwardText.map((text): JsonTree => ({ kind: "text", text })),
        rawValue.map((raw): JsonTree => ({ kind: "raw", raw })),
        fc
          .array(tie("tree"), { maxLength: 4 })
          .map((items): JsonTree => ({ kind: "array", items })),
        entries.map((pairs): JsonTree => ({ kind: "object", entries: pairs })),
      ),
    };
  });
  return tree;
}

/** One of the many ways to write a tree: the dice decide on spaces and on escapes. */
export function spell(tree: JsonTree, dice: () => number): string {
  const space = () => " \t\n\r".charAt(dice() % 12);
  const write = (node: JsonTree): string => space() + writeInner(node) + space();
  const writeInner = (node: JsonTree): string => {
    if (node.kind === "text") return spellText(node.text, dice);
    if (node.kind === "raw") return node.raw;
    if (node.kind === "array") return `[${node.items.map(write).join(",") || space()}]`;
    const entries = node.entries.map(
      ([name, item]) => `${space()}${spellKey(name, dice)}${space()}:${write(item)}`,
    );
    return `{${entries.join(",") || space()}}`;
  };
  return write(tree);
}

/** Mostly without escapes, because one of them is enough for a refusal. */
function spellKey(name: string, dice: () => number): string {
  return dice() % 20 === 0 ? spellText(name, dice) : JSON.stringify(name);
}

function spellText(text: string, dice: () => number): string {
  const units = text.split("").map((unit) => {
    if (dice() % 4 === 0) return escapeAt(unit, [0]);
    if (unit === "/" && dice() % 2 === 0) return "\\/";
    return JSON.stringify(unit).slice(1, -1);
  });
  // Halves of a pair were written as escapes above; side by side they are the pair again.
  return `"${units.join("")}"`;
}

/** Dice that fall as the list says, over and over. */
export function diceFrom(list: readonly number[]): () => number {
  let at = 0;
  return () => {
    at += 1;
    return list[at % list.length] ?? 0;
  };
}

export const anyDice = fc.array(fc.nat(1000), { minLength: 1, maxLength: 50 });
