import { indexOfSeq } from "../../store/message-changes.ts";
import type { Conversation, Entry } from "../../store/state.ts";
import { type SafeText, safe, safeText } from "../../text/safe-text.ts";
import { displayWidth } from "../../text/width.ts";
import { wrapText } from "../../text/wrap.ts";
import { emptyRow, type Row, rule, span } from "../shared/row.ts";
import type { StyleName } from "../theme.ts";
import type { NameOf } from "./line-words.ts";
import { chosenRows, type MessageShape, rowsOfEntry, rowsOfOutgoing } from "./message-rows.ts";
import type { Blocks } from "./message-window.ts";

/** What a conversation's list is drawn from. */
export interface ListInput {
  readonly conversation: Conversation;
  /** The reader's own name, for what is being sent. */
  readonly ownName: string;
  /** The seq after which the unread messages begin, if there were any. */
  readonly unreadFrom: number | undefined;
  /** The seq of the message that the keys are for. */
  readonly chosenSeq: number | undefined;
  readonly nameOf: NameOf;
  readonly shape: MessageShape;
}

const HEAD = "head";

/** The start of the history, the entries with their separators, and what is being sent. */
export function conversationBlocks(input: ListInput): Blocks {
  const { conversation, ownName, shape } = input;
  const { entries, outgoing } = conversation;
  const outgoingFrom = 1 + entries.length;
  return {
    count: outgoingFrom + outgoing.length,
    rowsAt(index) {
      const entry = entries[index - 1];
      if (entry !== undefined) {
        const rows = entryRows(input, entry, entries[index - 2]);
        return isEndThen(conversation, index - 1) ? [...rows, ...setBackRows(input)] : rows;
      }
      const sending = outgoing[index - outgoingFrom];
      return sending === undefined ? headRows(input) : rowsOfOutgoing(sending, ownName, shape);
    },
    keyAt(index) {
      const entry = entries[index - 1];
      return entry?.seq.toString() ?? outgoing[index - outgoingFrom]?.clientId ?? HEAD;
    },
    indexOf(key) {
      if (key === HEAD) return 0;
      const sending = outgoing.findIndex(({ clientId }) => clientId === key);
      if (sending >= 0) return outgoingFrom + sending;
      const index = indexOfSeq(entries, Number(key));
      return index < 0 ? undefined : index + 1;
    },
  };
}

function entryRows(input: ListInput, entry: Entry, before: Entry | undefined): readonly Row[] {
  const { shape, unreadFrom, chosenSeq, nameOf } = input;
  const plain = rowsOfEntry(entry, shape, nameOf);
  const rows = entry.seq === chosenSeq ? chosenRows(plain) : plain;
  const isOtherDay = before === undefined || shape.time.isOtherDay(before.at, entry.at);
  const isFirstUnread =
    unreadFrom !== undefined && entry.seq > unreadFrom && (before?.seq ?? 0) <= unreadFrom;
  if (!(isOtherDay || isFirstUnread)) return rows;
  return [
    ...(isOtherDay ? [separator(shape.time.dayLabel(entry.at), "faint", shape)] : []),
    ...(isFirstUnread ? [separator(safe`new`, "unread", shape)] : []),
    ...rows,
  ];
}

/** Whether the history ended behind this entry when it was set back; -1 is before the first one. */
function isEndThen({ entries, setBack }: Conversation, index: number): boolean {
  if (setBack === undefined || (entries[index]?.seq ?? 0) > setBack.seq) return false;
  const next = entries[index + 1];
  return next === undefined || next.seq > setBack.seq;
}

function setBackRows({ conversation, shape }: ListInput): readonly Row[] {
  const { setBack } = conversation;
  if (setBack === undefined) return [];
  const { time, columns } = shape;
  const at = safe`${time.dayLabel(setBack.at)} ${time.clockTime(setBack.at)}`;
  const text = safe`The server's history was set back to an earlier state at this place (noticed ${at})`;
  return wrapText(text, columns).map((line) => [span(line, "unread")]);
}

function separator(label: SafeText, style: StyleName, { columns }: MessageShape): Row {
  const room = Math.max(0, columns - displayWidth(label) - 4);
  return [span(safe`── ${label} ${rule(room)}`, style)];
}

function headRows(input: ListInput): readonly Row[] {
  const { conversation, shape } = input;
  const lines = wrapText(headText(conversation), shape.columns);
  const rows = [...lines.map((line) => [span(line, "faint")]), emptyRow];
  return isEndThen(conversation, -1) ? [...rows, ...setBackRows(input)] : rows;
}

function headText(conversation: Conversation): SafeText {
  const { history, reachedStart, historyStartsAt = 1, kind } = conversation;
  const title = safeText(conversation.title);
  if (typeof history === "object") {
    return safe`Older messages could not be loaded: ${safeText(history.failed)} (PgUp tries again)`;
  }
  if (history === "loading") return safe`history: loading…`;
  if (!reachedStart) return safe`There are older messages (PgUp loads them)`;
  if (historyStartsAt > 1) {
    return safe`Earlier messages are not visible to you: #${title} shows what was said since you joined`;
  }
  return kind === "room"
    ? safe`This is the beginning of #${title}`
    : safe`This is the beginning of the conversation with ${title}`;
}
