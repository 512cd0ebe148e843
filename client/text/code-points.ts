/**
 * Which code points may reach a terminal. The rule is an allow-list by Unicode property: a code
 * point nobody thought of is shown as a symbol, never emitted.
 */

// Lo letters that glue themselves to whatever follows, so that a symbol of ours would be swallowed
// into their cell. Found by asking Intl.Segmenter about every code point; a test repeats the search.
const PREPENDED =
  "\\u0D4E\\u{111C2}\\u{111C3}\\u{113D1}\\u{1193F}\\u{11941}\\u{11A84}-\\u{11A89}\\u{11D46}\\u{11F02}";

// Skin tones and regional indicators only mean something inside an emoji; alone they stack without
// adding to the measured width.
const NEVER_ALONE = `\\p{Default_Ignorable_Code_Point}\\p{Emoji_Modifier}\\p{Regional_Indicator}${PREPENDED}`;

// Letters that attach like combining marks (Thai and Lao AM, halfwidth sound marks) ...
const ATTACHING_LETTERS = "\\u0E33\\u0EB3\\uFF9E\\uFF9F";

// ... and spacing marks that do not attach: they occupy a cell of their own (Myanmar, Tai, Ahom).
const STANDING_MARKS =
  "\\u102B\\u102C\\u1038\\u1062-\\u1064\\u1067-\\u106D\\u1083\\u1087-\\u108C\\u108F\\u109A-\\u109C" +
  "\\u1A61\\u1A63\\u1A64\\uAA7B\\uAA7D\\u{11720}\\u{11721}";

const BASE = `[[\\p{L}\\p{N}\\p{P}\\p{S}\\p{Zs}${STANDING_MARKS}]--[${NEVER_ALONE}${ATTACHING_LETTERS}]]`;
const MARK = `[[\\p{M}${ATTACHING_LETTERS}]--[\\p{Default_Ignorable_Code_Point}${STANDING_MARKS}]]`;

// Conjoining letters form one cluster without any mark between them.
const CONJOINING = "\\u1100-\\u11FF\\uA960-\\uA97F\\uD7B0-\\uD7FF\\u{16D63}-\\u{16D6A}";

const baseRegex = new RegExp(`^${BASE}$`, "v");
const markRegex = new RegExp(`^${MARK}$`, "v");
const dependentRegex = new RegExp(`[^${BASE}--[${CONJOINING}]]`, "v");

/** A code point that may be shown as it is and occupies its own cell. */
export const isBase = (character: string): boolean => baseRegex.test(character);

/** A code point that may be shown as it is and is drawn onto the one before it. */
export const isMark = (character: string): boolean => markRegex.test(character);

/** True when every code point of the text is a base and a whole character by itself. */
export const isIndependentText = (text: string): boolean => !dependentRegex.test(text);

const CONTROL_PICTURES = 0x2400;
const DELETE = 0x7f;
const DELETE_PICTURE = "\u2421";

/** What is drawn in place of a code point that must not be emitted: `␛`, or `<U+202E>` as less(1). */
export function visibleForm(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0;
  if (codePoint < 0x20) return String.fromCodePoint(CONTROL_PICTURES + codePoint);
  if (codePoint === DELETE) return DELETE_PICTURE;
  return `<U+${codePoint.toString(16).toUpperCase().padStart(4, "0")}>`;
}
