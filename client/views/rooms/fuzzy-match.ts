/** Scores by what people type when they mean a name: its start, the starts of its words, runs of letters. */
const NAME_START = 8;
const WORD_START = 6;
const RUN = 5;
const ELSEWHERE = 1;
const GAP_MAX = 3;

const startsWord = (text: string, index: number): boolean =>
  /[^\p{L}\p{N}]/u.test(text[index - 1] ?? " ");

/** How well `wanted` is found in order in `name`; undefined when it is not. Case does not matter. */
export function fuzzyScore(wanted: string, name: string): number | undefined {
  const needle = wanted.toLowerCase();
  const text = name.toLowerCase();
  const whole = text.indexOf(needle);
  if (needle === "") return 0;
  if (whole >= 0) return scoreAt(text, whole, 0) + needle.length * RUN - text.length / 100;
  let score = 0;
  let from = 0;
  for (const character of needle) {
    const index = text.indexOf(character, from);
    if (index === -1) return undefined;
    score += scoreAt(text, index, index - from);
    from = index + character.length;
  }
  return score - text.length / 100;
}

function scoreAt(text: string, index: number, gap: number): number {
  if (index === 0) return NAME_START;
  if (startsWord(text, index)) return WORD_START;
  return gap === 0 ? RUN : ELSEWHERE - Math.min(gap, GAP_MAX);
}
