/**
 * The one way from a string somebody else wrote to the terminal. Names, messages, notices, errors
 * and file names all pass here; nothing that comes out can move the cursor, hide or reorder text.
 */

import { isBase, isIndependentText, isMark, visibleForm } from "./code-points.ts";
import { isEmojiSequence } from "./emoji.ts";
import { cutToWidth, isPrintableAscii, segments } from "./width.ts";

declare const checked: unique symbol;

/** A string of allowed code points only; views accept nothing else. */
export type SafeText = string & { readonly [checked]: true };

export type SafeTextOptions = {
  /** Keep line breaks for the layout to split on; without it they are shown as `␊`. */
  multiline?: boolean;
  /** Longest result in UTF-16 units, the ellipsis included. */
  maxLength?: number;
};

/** One cluster of the original and what is drawn for it. */
export type ShownCluster = { start: number; end: number; shown: string };

const MARKS_PER_BASE = 4;
const CLUSTER_CODE_POINTS = 16;
const DOTTED_CIRCLE = "\u25CC";
const UNDRAWABLE = "\uFFFD";
const ELLIPSIS = "…";
const TAB_AS_SPACES = "    ";
const DEFAULT_MAX_LENGTH = 20_000;

/** The text as it may be shown; applying it twice changes nothing. */
export function safeText(raw: string, options: SafeTextOptions = {}): SafeText {
  const { maxLength = DEFAULT_MAX_LENGTH, multiline = false } = options;
  if (raw.length <= maxLength && isPlain(multiline ? raw.replaceAll("\n", "") : raw)) {
    return raw as SafeText;
  }
  let shown = "";
  let cut = 0;
  for (const cluster of shownClusters(raw, options)) {
    shown += cluster.shown;
    if (shown.length > maxLength) return withEllipsis(shown.slice(0, cut), maxLength);
    if (shown.length < maxLength) cut = shown.length;
  }
  return shown as SafeText;
}

/** One line no wider than `maxColumns` cells, ending in an ellipsis where it was cut. */
export function safeLine(raw: string, maxColumns: number): SafeText {
  // A cluster has at least one cell and at most this many units, so no more than this can be seen.
  const maxLength = (Math.max(0, Math.floor(maxColumns)) + 1) * CLUSTER_CODE_POINTS * 3;
  return cutToWidth(safeText(raw, { maxLength }), maxColumns) as SafeText;
}

/** Our own words around checked values: safe`${name} joined`. */
export function safe(words: TemplateStringsArray, ...values: (SafeText | number)[]): SafeText {
  return String.raw({ raw: words }, ...values) as SafeText;
}

/** Reads the clusters of a text with what is drawn for each. */
export function* shownClusters(
  raw: string,
  { multiline = false }: SafeTextOptions = {},
): Generator<ShownCluster> {
  const showSpecial = multiline ? showInMultiline : showInLine;
  for (const { index, segment } of segments(raw)) {
    const shown = showSpecial.get(segment) ?? showCluster(segment);
    yield { start: index, end: index + segment.length, shown };
  }
}

const isPlain = (text: string): boolean => isPrintableAscii(text) || isIndependentText(text);

const showInLine: ReadonlyMap<string, string> = new Map([["\r\n", "\u240D\u240A"]]);
const showInMultiline: ReadonlyMap<string, string> = new Map([
  ["\r\n", "\n"],
  ["\n", "\n"],
  ["\t", TAB_AS_SPACES],
]);

function showCluster(cluster: string): string {
  if (isPlain(cluster) || isEmojiSequence(cluster)) return cluster;
  return showByCodePoint(cluster);
}

/** A stretch of allowed code points inside one cluster. */
type Run = { text: string; codePoints: number; marks: number };

const newRun = (): Run => ({ text: "", codePoints: 0, marks: 0 });

// A cluster may chain letters without end yet be measured as one cell, so a long one is not drawn.
const drawn = (run: Run): string => (run.codePoints > CLUSTER_CODE_POINTS ? UNDRAWABLE : run.text);

function showByCodePoint(cluster: string): string {
  let shown = "";
  let run = newRun();
  for (const character of cluster) {
    if (isMark(character)) {
      addMark(run, character);
    } else if (isBase(character)) {
      run.text += character;
      run.codePoints += 1;
      run.marks = 0;
    } else {
      shown += drawn(run) + visibleForm(character);
      run = newRun();
    }
  }
  return shown + drawn(run);
}

function addMark(run: Run, mark: string): void {
  if (run.marks === MARKS_PER_BASE) return;
  if (run.codePoints === 0) {
    run.text = DOTTED_CIRCLE;
    run.codePoints = 1;
  }
  run.text += mark;
  run.codePoints += 1;
  run.marks += 1;
}

function withEllipsis(text: string, maxLength: number): SafeText {
  return (maxLength < 1 ? "" : text + ELLIPSIS) as SafeText;
}
