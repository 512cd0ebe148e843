import type { Conversation, Entry, MessageChange, MessageEntry } from "./state.ts";

type Changes = Conversation["changes"];

/** Where the entry of a seq stands; -1 where it is not shown or not loaded. Entries ascend in seq. */
export function indexOfSeq(entries: readonly Entry[], seq: number): number {
  let low = 0;
  let high = entries.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const at = entries[middle]?.seq ?? seq;
    if (at === seq) return middle;
    if (at < seq) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** The entries after these changes, in the order of the log; those of entries that are not here change nothing. */
export function withChanges(
  entries: readonly Entry[],
  changes: readonly MessageChange[],
): readonly Entry[] {
  const copy = [...entries];
  let isChanged = false;
  for (const change of changes) {
    const index = indexOfSeq(entries, change.messageSeq);
    const before = copy[index];
    // What was erased stays so, whatever a late edit says.
    if (before?.kind !== "message") continue;
    copy[index] = changed(before, change);
    isChanged = true;
  }
  return isChanged ? copy : entries;
}

/** A message after one change. */
export function changed(before: MessageEntry, change: MessageChange): Entry {
  if (change.kind === "edit") return { ...before, content: change.content, edited: true };
  const { seq, at, id } = before;
  const { authorId, deletedBy } = change;
  return { kind: "deleted", seq, at, id, authorId, deletedBy };
}

// Only a page that is on its way right now can need them.
const KEPT = 1_000;

/** The changes to what lies before `from`, for a page that was read before they were made. */
export function changesBefore(
  known: Changes,
  news: readonly MessageChange[],
  from: number,
): Changes {
  const isUnchanged =
    news.every(({ messageSeq }) => messageSeq >= from) &&
    [...known.keys()].every((messageSeq) => messageSeq < from);
  if (isUnchanged) return known;
  const all = new Map(known);
  for (const change of news) {
    if (all.get(change.messageSeq)?.kind !== "delete") all.set(change.messageSeq, change);
  }
  return new Map([...all].filter(([messageSeq]) => messageSeq < from).slice(-KEPT));
}
