/** Word boundaries as every script has them. */

import { clusterAt } from "./width.ts";

const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });

/** Where the last word that begins before `offset` begins. */
export function wordStartBefore(text: string, offset: number): number {
  let start = 0;
  for (const { index, isWordLike } of segmenter.segment(text)) {
    if (index >= offset) break;
    if (isWordLike === true) start = index;
  }
  return clusterAt(text, start).start;
}

/** Where the first word that ends after `offset` ends. */
export function wordEndAfter(text: string, offset: number): number {
  for (const { index, segment, isWordLike } of segmenter.segment(text)) {
    const end = index + segment.length;
    if (isWordLike === true && end > offset) return endOfCluster(text, end);
  }
  return text.length;
}

function endOfCluster(text: string, offset: number): number {
  const { start, end } = clusterAt(text, offset);
  return start === offset ? offset : end;
}
