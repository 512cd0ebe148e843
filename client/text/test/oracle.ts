/**
 * What may reach a terminal, stated a second time and by other means than the code under test:
 * numbers and general categories instead of its expressions.
 */

const isControl = (codePoint: number): boolean =>
  codePoint < 0x20 || (codePoint >= 0x7f && codePoint <= 0x9f);

const neverShown: readonly (readonly [from: number, to: number])[] = [
  [0x00ad, 0x00ad],
  [0x034f, 0x034f],
  [0x061c, 0x061c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200c],
  [0x200e, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xd800, 0xf8ff],
  [0xfdd0, 0xfdef],
  [0xfe00, 0xfe0d],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0xfffe, 0xffff],
  [0xe0000, 0x10ffff],
];

const isSequenceSign = (codePoint: number): boolean =>
  codePoint === 0x200d ||
  codePoint === 0xfe0e ||
  codePoint === 0xfe0f ||
  (codePoint >= 0x1f3fb && codePoint <= 0x1f3ff) ||
  (codePoint >= 0x1f1e6 && codePoint <= 0x1f1ff);

const tooManyMarks = /[\p{Mn}\p{Me}]{5}/u;
const startsWithMark = /^\p{M}/u;
const otherCategory = /[\p{C}\p{Zl}\p{Zp}]/u;
const LONGEST_CLUSTER = 17;
const segmenter = new Intl.Segmenter();

/** The first thing in the text that no terminal may be given, or undefined. */
export function firstForbidden(text: string, isMultiline = false): string | undefined {
  for (const { segment } of segmenter.segment(text)) {
    if (segment === "\n" && isMultiline) continue;
    const fault = faultOf(segment);
    if (fault !== undefined) return `${fault} in ${JSON.stringify(segment)}`;
  }
  return undefined;
}

function faultOf(cluster: string): string | undefined {
  const characters = [...cluster];
  if (characters.length > LONGEST_CLUSTER) return "a cluster without end";
  if (startsWithMark.test(cluster) && isAttached(cluster)) return "a mark without a base";
  if (tooManyMarks.test(cluster)) return "too many marks";
  const points = characters.map((character) => character.codePointAt(0) ?? 0);
  if (points.some(isSequenceSign) && !isShortEmoji(cluster)) return "a joiner outside an emoji";
  return characters.map(faultOfCharacter).find((fault) => fault !== undefined);
}

// Some marks of Myanmar and its neighbours are letters in all but name and stand by themselves.
const isAttached = (cluster: string): boolean => [...segmenter.segment(`a${cluster}`)].length === 1;

const isShortEmoji = (cluster: string): boolean =>
  /^[\p{Extended_Pictographic}\p{Regional_Indicator}0-9#*]/u.test(cluster) &&
  /^(?:\p{Emoji}|\p{Emoji_Component}|\uFE0E){2,10}$/u.test(cluster) &&
  !/\uFE0F{2}|\u200D{2}|\u200D$/u.test(cluster);

function faultOfCharacter(character: string): string | undefined {
  const codePoint = character.codePointAt(0) ?? 0;
  const name = `U+${codePoint.toString(16)}`;
  if (isControl(codePoint)) return `control ${name}`;
  if (neverShown.some(([from, to]) => codePoint >= from && codePoint <= to)) return name;
  if (isSequenceSign(codePoint)) return undefined;
  return otherCategory.test(character) ? `category C or Z ${name}` : undefined;
}
