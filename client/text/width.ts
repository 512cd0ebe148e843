/** Display width, measured with the table Ink draws with. */

import stringWidth from "string-width";

const segmenter = new Intl.Segmenter();
const otherThanAsciiRegex = /[^\x20-\x7E]/;

// Measuring one cluster costs several regular expressions; a screen repeats the same few hundred.
const WIDTHS_REMEMBERED = 4096;
const rememberedWidths = new Map<string, number>();

/** True when each UTF-16 unit is one visible cell. */
export const isPrintableAscii = (text: string): boolean => !otherThanAsciiRegex.test(text);

/** Grapheme clusters with their offsets, read lazily. */
export const segments = (text: string): Iterable<Intl.SegmentData> => segmenter.segment(text);

/** The characters as a reader sees them. */
export function graphemes(text: string): string[] {
  if (isPrintableAscii(text)) return text.split("");
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Start and end of the cluster that holds the UTF-16 unit at `index`. */
export function clusterAt(text: string, index: number): { start: number; end: number } {
  const found = segmenter.segment(text).containing(index);
  if (found === undefined) return { start: text.length, end: text.length };
  return { start: found.index, end: found.index + found.segment.length };
}

/** Terminal cells taken by one cluster. */
export function clusterWidth(cluster: string): number {
  if (isPrintableAscii(cluster)) return cluster.length;
  const known = rememberedWidths.get(cluster);
  if (known !== undefined) return known;
  const width = stringWidth(cluster);
  if (rememberedWidths.size >= WIDTHS_REMEMBERED) rememberedWidths.clear();
  rememberedWidths.set(cluster, width);
  return width;
}

/** Terminal cells taken by a text. */
export function displayWidth(text: string): number {
  return isPrintableAscii(text) ? text.length : stringWidth(text);
}

const ELLIPSIS = "…";

/** One line, cut to `columns` cells with an ellipsis; reads no further than it must. */
export function cutToWidth(text: string, columns: number): string {
  if (text.length <= columns && isPrintableAscii(text)) return text;
  if (!(columns >= 1)) return "";
  let width = 0;
  let cut = 0;
  for (const { index, segment } of segmenter.segment(text)) {
    const isBreak = segment === "\n";
    width += clusterWidth(segment);
    if (isBreak || width > columns) return text.slice(0, cut) + ELLIPSIS;
    if (width <= columns - 1) cut = index + segment.length;
  }
  return text;
}
