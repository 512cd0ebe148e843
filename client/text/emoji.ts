/** Emoji sequences that may keep their joiners and variation selectors. */

const JOINER = "\u200D";
const EMOJI_STYLE = "\uFE0F";
// Real sequences are shorter than this; anything longer is an attempt at something else.
const LONGEST_SEQUENCE = 40;

const recommendedRegex = /^\p{RGI_Emoji}$/v;
const elementRegex = /^\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?$/u;
const emojiByDefaultRegex = /^\p{Emoji_Presentation}$/u;
// Extended_Pictographic alone has places that Unicode keeps for emoji to come: no terminal knows them.
const textStyleRegex = /^[\p{Extended_Pictographic}&&\p{Emoji}]\uFE0E$/v;
// Tag characters are not among them on purpose: they can carry hidden text.
const sequenceSignRegex = /[\u200D\uFE0E\uFE0F\p{Emoji_Modifier}\p{Regional_Indicator}]/u;

// Some keyboards leave out variation selectors or add needless ones; only the exact spelling is listed.
function fullySpelled(element: string): string {
  const bare = element.replace(EMOJI_STYLE, "");
  const isSingle = [...bare].length === 1;
  return isSingle && !emojiByDefaultRegex.test(bare) ? bare + EMOJI_STYLE : bare;
}

/** True for one grapheme cluster that is a recommended emoji of several code points. */
export function isEmojiSequence(cluster: string): boolean {
  if (cluster.length > LONGEST_SEQUENCE || !sequenceSignRegex.test(cluster)) return false;
  if (textStyleRegex.test(cluster)) return true;
  if ([...cluster].length === 1) return false;
  if (recommendedRegex.test(cluster)) return true;
  const elements = cluster.split(JOINER);
  if (!elements.every((element) => elementRegex.test(element))) return false;
  return recommendedRegex.test(elements.map(fullySpelled).join(JOINER));
}
