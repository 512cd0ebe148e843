import type { State } from "../../store/state.ts";
import type { TimeFormat } from "../../text/format-time.ts";
import { HEADER_ROWS, type Layout } from "../layout.ts";
import type { Caret } from "../shared/field-row.ts";
import { emptyRow, type Row } from "../shared/row.ts";
import type { UiState } from "../ui-state.ts";
import { chosenMessage } from "./chosen-message.ts";
import { composerRows } from "./composer-rows.ts";
import { conversationBlocks } from "./conversation-blocks.ts";
import { type MessageShape, messageShape } from "./message-rows.ts";
import { type Blocks, showWindow } from "./message-window.ts";
import { noticeRows } from "./notice-rows.ts";
import { composerOf, openConversation } from "./open-chat.ts";
import { statusRow } from "./status-row.ts";
import { welcomeRows } from "./welcome-rows.ts";

/** What the middle of the screen shows. */
export interface MainColumn {
  readonly list: readonly Row[];
  /** Notices, who is writing, and the composer. */
  readonly foot: readonly Row[];
  /** In the window. */
  readonly caret: Caret;
  /** True when the first row of what is loaded is in view. */
  readonly isAtTop: boolean;
}

export interface MainInput {
  readonly state: State;
  readonly ui: UiState;
  readonly layout: Layout;
  readonly time: TimeFormat;
  readonly now: number;
}

/** All of it for one frame; only what is seen is laid out. */
export function mainColumn(input: MainInput): MainColumn {
  const foot = footOf(input);
  const height = listHeight(input);
  const { rows, isAtTop } = listOf(input, height);
  const gap = Array.from({ length: Math.max(0, height - rows.length) }, () => emptyRow);
  const isWelcome = openConversation(input.state) === undefined;
  const caretTop = HEADER_ROWS + height + foot.rows.length - foot.composerRows;
  return {
    list: isWelcome ? [...rows, ...gap] : [...gap, ...rows],
    foot: foot.rows,
    caret: { x: foot.caret.x, y: foot.caret.y + caretTop },
    isAtTop,
  };
}

/** Rows left for the messages once everything below them has its place. */
export function listHeight(input: MainInput): number {
  return Math.max(0, input.layout.bodyRows - footOf(input).rows.length);
}

interface Foot {
  readonly rows: readonly Row[];
  readonly composerRows: number;
  readonly caret: Caret;
}

function footOf({ state, ui, layout, now }: MainInput): Foot {
  const { mainColumns, rows: windowRows } = layout;
  const { editor, editing } = composerOf(state, ui);
  const composer = composerRows(editor, mainColumns, windowRows);
  const status = {
    isEditing: editing !== undefined,
    conversation: openConversation(state),
    scroll: state.open === undefined ? undefined : ui.scrolls.get(state.open),
    people: state.people,
    ownId: state.me?.id,
    link: state.link,
    now,
  };
  return {
    rows: [
      ...noticeRows(state, ui.remark, mainColumns),
      statusRow(status, mainColumns),
      ...composer.rows,
    ],
    composerRows: composer.rows.length,
    caret: composer.caret,
  };
}

function listOf(input: MainInput, height: number): { rows: readonly Row[]; isAtTop: boolean } {
  const { state, ui, layout } = input;
  const blocks = openBlocks(input);
  if (blocks === undefined) {
    return { rows: welcomeRows(state, layout.mainColumns).slice(0, height), isAtTop: false };
  }
  const scroll = state.open === undefined ? undefined : ui.scrolls.get(state.open);
  return showWindow(blocks, scroll?.bottom, height);
}

/** The open conversation as a list of blocks. */
export function openBlocks({ state, ui, layout, time }: MainInput): Blocks | undefined {
  const conversation = openConversation(state);
  if (conversation === undefined) return undefined;
  return conversationBlocks({
    conversation,
    ownName: state.me?.username ?? "",
    unreadFrom: ui.unreadFrom.get(conversation.key),
    chosenSeq: chosenMessage(state, ui)?.seq,
    nameOf: (id) => (id === state.me?.id ? "you" : state.people.get(id)?.username),
    shape: shapeFor(layout.mainColumns, time),
  });
}

// Rows are remembered per shape: the same width must be the same object.
let lastShape: MessageShape | undefined;

function shapeFor(columns: number, time: TimeFormat): MessageShape {
  if (lastShape?.columns !== columns || lastShape.time !== time) {
    lastShape = messageShape(columns, time);
  }
  return lastShape;
}
