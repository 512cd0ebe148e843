/** Messages sent before, to be called back with up and down. */

export type InputHistory = {
  /** Oldest first. */
  readonly sent: readonly string[];
  /** Which one is shown; equal to `sent.length` while the draft is. */
  readonly position: number;
  /** What was being written before the first step back. */
  readonly draft: string;
  readonly limit: number;
};

/** What to show after a step, or undefined when there is nothing further that way. */
export type Recall = { readonly history: InputHistory; readonly text: string } | undefined;

/** A history of at most `limit` messages. */
export const newInputHistory = (limit: number): InputHistory => ({
  sent: [],
  position: 0,
  draft: "",
  limit,
});

/** Notes a sent message and returns to an empty draft; an immediate repeat is kept once. */
export function remember(history: InputHistory, text: string): InputHistory {
  const isNew = text.trim() !== "" && text !== history.sent.at(-1);
  // slice(-0) would keep everything.
  const kept = isNew ? [...history.sent, text].slice(Math.min(-history.limit, -1)) : history.sent;
  return { ...history, sent: kept, position: kept.length, draft: "" };
}

/** The message before the one shown; `current` is kept as the draft on the first step. */
export function older(history: InputHistory, current: string): Recall {
  const text = history.sent[history.position - 1];
  if (text === undefined) return undefined;
  const draft = history.position === history.sent.length ? current : history.draft;
  return { history: { ...history, position: history.position - 1, draft }, text };
}

/** The message after the one shown, and after the last one the draft. */
export function newer(history: InputHistory): Recall {
  if (history.position >= history.sent.length) return undefined;
  const position = history.position + 1;
  return { history: { ...history, position }, text: history.sent[position] ?? history.draft };
}
