import { Box } from "ink";
import { type ReactNode, useEffect } from "react";
import { roomIdOf } from "../../slash/open-room.ts";
import { type SafeText, safe } from "../../text/safe-text.ts";
import type { Frame } from "../frame.ts";
import type { Layout } from "../layout.ts";
import { memberRows } from "../members/member-rows.ts";
import { sidebarRows } from "../rooms/sidebar-rows.ts";
import { type Row, span } from "../shared/row.ts";
import { RowsView } from "../shared/rows-view.tsx";
import { chatLayout } from "./chat-layout.ts";
import { chosenMessage } from "./chosen-message.ts";
import { type FooterKey, footerRow, keysRow } from "./footer-row.ts";
import { headerRow } from "./header-row.ts";
import { loadOlder, missingPage } from "./load-older.ts";
import { mainColumn } from "./main-column.ts";
import { openConversation } from "./open-chat.ts";

/** Conversations, messages and the line to write in. */
export function ChatView({ screen, state, ui, size, now, placeCaret }: Frame): ReactNode {
  const layout = chatLayout(size, state, ui);
  const { columns, mainColumns, bodyRows } = layout;
  const main = mainColumn({ state, ui, layout, time: screen.time, now });
  const isChoosing = chosenMessage(state, ui) !== undefined;
  placeCaret(isChoosing ? undefined : { x: leftOf(layout) + main.caret.x, y: main.caret.y });
  useMissingPage({ screen, state }, main.isAtTop);
  useMembers({ screen, state, ui });
  const footRows = Math.min(main.foot.length, bodyRows);
  return (
    <Box flexDirection="column" width={columns} height={size.rows}>
      <RowsView rows={[headerRow(state, now, columns)]} columns={columns} height={1} />
      <Box height={bodyRows}>
        <Sidebar state={state} layout={layout} />
        <Box flexDirection="column" width={mainColumns} height={bodyRows}>
          <RowsView rows={main.list} columns={mainColumns} height={bodyRows - footRows} />
          <RowsView rows={main.foot} columns={mainColumns} height={footRows} />
        </Box>
        <MembersPane state={state} layout={layout} />
      </Box>
      <RowsView
        rows={[isChoosing ? keysRow(choiceKeys, columns) : footerRow("chat", columns)]}
        columns={columns}
        height={1}
      />
    </Box>
  );
}

const choiceKeys: readonly FooterKey[] = [
  { key: "r", label: "reply" },
  { key: "e", label: "edit" },
  { key: "d", label: "delete" },
  { key: "Up/Down", label: "choose" },
  { key: "Esc", label: "back to writing" },
];

const leftOf = ({ sidebarColumns }: Layout): number =>
  sidebarColumns > 0 ? sidebarColumns + BORDER.length : 0;

const BORDER = safe`│`;

const Border = ({ rows }: { readonly rows: number }): ReactNode => (
  <RowsView rows={borderRows(rows, BORDER)} columns={BORDER.length} height={rows} isDecoration />
);

const borderRows = (rows: number, text: SafeText): Row[] =>
  Array.from({ length: rows }, () => [span(text, "faint")]);

interface PaneProps {
  readonly state: Frame["state"];
  readonly layout: Layout;
}

function Sidebar({ state, layout }: PaneProps): ReactNode {
  const { sidebarColumns, bodyRows } = layout;
  if (sidebarColumns === 0) return null;
  const rows = sidebarRows(state, sidebarColumns, bodyRows);
  return (
    <>
      {/* It would be read aloud before every message; the finder says the same when asked. */}
      <RowsView rows={rows} columns={sidebarColumns} height={bodyRows} isDecoration />
      <Border rows={bodyRows} />
    </>
  );
}

function MembersPane({ state, layout }: PaneProps): ReactNode {
  const { membersColumns, bodyRows } = layout;
  const conversation = openConversation(state);
  if (membersColumns === 0 || conversation === undefined) return null;
  const rows = memberRows(conversation, state.people, membersColumns, bodyRows);
  return (
    <>
      <Border rows={bodyRows} />
      <RowsView rows={rows} columns={membersColumns} height={bodyRows} />
    </>
  );
}

/** Asks for older messages as soon as the top of what is loaded comes into view. */
function useMissingPage(
  { screen, state }: Pick<Frame, "screen" | "state">,
  isAtTop: boolean,
): void {
  const page = missingPage(openConversation(state), state.link, isAtTop);
  useEffect(() => {
    if (page !== undefined) loadOlder(screen);
  }, [screen, page]);
}

/** Asks who is in the room when that is to be shown and not known. */
function useMembers({ screen, state, ui }: Pick<Frame, "screen" | "state" | "ui">): void {
  const conversation = openConversation(state);
  const isWanted =
    ui.isMembersPaneShown &&
    conversation?.kind === "room" &&
    conversation.joined &&
    conversation.members.state === "unknown";
  const roomId = isWanted ? roomIdOf(conversation) : undefined;
  useEffect(() => {
    if (roomId !== undefined) void screen.actions.loadMembers(roomId);
  }, [screen, roomId]);
}
