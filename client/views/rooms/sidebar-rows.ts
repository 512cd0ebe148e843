import type { UserId } from "@lair-chat/protocol/ids.ts";
import type { Conversation, ConversationKey, State } from "../../store/state.ts";
import { type SafeText, safe, safeText } from "../../text/safe-text.ts";
import { emptyRow, fillRow, fitRow, type Row, rowWidth, span } from "../shared/row.ts";
import type { StyleName } from "../theme.ts";
import { listedConversations, unreadIn } from "./conversation-list.ts";

type SidebarState = Pick<State, "conversations" | "open" | "people" | "invitations">;

/** Rooms and direct conversations; when they are too many, the part around the open one. */
export function sidebarRows(state: SidebarState, columns: number, height: number): readonly Row[] {
  const { rooms, direct } = listedConversations(state);
  const lines: Line[] = [
    ...invitationLines(state),
    heading(safe`Rooms`),
    ...rooms.map((room) => ({ conversation: room })),
    ...(rooms.length === 0 ? [note(safe`  none yet`)] : []),
    note(safe``),
    heading(safe`Direct messages`),
    ...direct.map((dm) => ({ conversation: dm })),
    ...(direct.length === 0 ? [note(safe`  none yet`)] : []),
  ];
  const shown = lines.slice(firstLine(lines, state, height)).slice(0, height);
  return shown.map((line) =>
    "row" in line ? line.row : conversationRow(line.conversation, state, columns),
  );
}

type Line = { readonly row: Row } | { readonly conversation: Conversation };

const heading = (text: SafeText): Line => ({ row: [span(text, "strong")] });
const note = (text: SafeText): Line => ({ row: text === "" ? emptyRow : [span(text, "faint")] });

/** Said above everything else while somebody waits for an answer. */
function invitationLines({ invitations }: SidebarState): Line[] {
  const count = invitations.length;
  if (count === 0) return [];
  return [{ row: [span(safe`Invitations (${count}) F7`, "unread")] }, note(safe``)];
}

function firstLine(lines: readonly Line[], { open }: SidebarState, height: number): number {
  const openLine = lines.findIndex(
    (line) => "conversation" in line && line.conversation.key === open,
  );
  const middle = openLine - Math.floor(height / 2);
  return Math.max(0, Math.min(middle, lines.length - height));
}

function conversationRow(conversation: Conversation, state: SidebarState, columns: number): Row {
  const isOpen = conversation.key === state.open;
  const unread = unreadIn(conversation, state.open);
  const style = styleOf(conversation, isOpen, unread);
  const count = unread > 0 ? [span(safe` (${shownCount(unread)})`, style)] : [];
  const marker = isOpen ? safe`>` : safe` `;
  const sign =
    conversation.kind === "room" ? roomSign(conversation) : presenceSign(conversation, state);
  const name: Row = [
    span(safe`${marker} ${sign} ${safeText(conversation.title, { maxLength: 200 })}`, style),
    ...(conversation.joined ? [] : [span(safe` (left)`, "faint")]),
  ];
  return [
    ...fillRow(fitRow(name, columns - rowWidth(count)), columns - rowWidth(count), style),
    ...count,
  ];
}

function styleOf(conversation: Conversation, isOpen: boolean, unread: number): StyleName {
  if (isOpen) return "selected";
  if (unread > 0) return "unread";
  return conversation.joined ? "plain" : "faint";
}

const COUNT_MAX = 999;

const shownCount = (count: number): SafeText =>
  count > COUNT_MAX ? safe`${COUNT_MAX}+` : safe`${count}`;

const roomSign = ({ isPrivate }: Conversation): SafeText => (isPrivate ? safe`*` : safe`#`);

/** Filled for online, hollow for offline: two shapes, whatever the colour. */
export const signOfPresence = (online: boolean): SafeText => (online ? safe`●` : safe`○`);

function presenceSign({ key }: Conversation, { people }: SidebarState): SafeText {
  return signOfPresence(isOnline(key, people));
}

const DIRECT = "dm:";

/** Whether the other person of a direct conversation is online. */
export function isOnline(key: ConversationKey, people: State["people"]): boolean {
  return key.startsWith(DIRECT) && people.get(key.slice(DIRECT.length) as UserId)?.online === true;
}
