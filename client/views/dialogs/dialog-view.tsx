import { Box } from "ink";
import type { ReactNode } from "react";
import { type FooterKey, keysRow } from "../chat/footer-row.ts";
import { headerRow } from "../chat/header-row.ts";
import type { Frame } from "../frame.ts";
import { DIALOG_INDENT, DIALOG_TOP, dialogArea, HEADER_ROWS } from "../layout.ts";
import { switcherItems } from "../rooms/switcher-items.ts";
import { switcherRows } from "../rooms/switcher-rows.ts";
import type { Caret } from "../shared/field-row.ts";
import type { Row } from "../shared/row.ts";
import { RowsView } from "../shared/rows-view.tsx";
import type { Dialog } from "../ui-state.ts";
import { createRoomRows } from "./create-room.ts";
import { helpRows, helpTop } from "./help-rows.ts";
import { invitationRows } from "./invitations.ts";
import { passwordRows } from "./password.ts";

interface Drawn {
  readonly rows: readonly Row[];
  readonly caret: Caret | undefined;
  readonly keys: readonly FooterKey[];
}

/** A dialog in place of the conversation: nothing shows through that could be taken for part of it. */
export function DialogView(frame: Frame): ReactNode {
  const { state, ui, size, now, placeCaret } = frame;
  const area = dialogArea(size);
  const { rows, caret, keys } = draw(frame, ui.dialog);
  placeCaret(
    caret && {
      x: DIALOG_INDENT + caret.x,
      y: Math.min(HEADER_ROWS + DIALOG_TOP + caret.y, size.rows - 1),
    },
  );
  return (
    <Box flexDirection="column" width={size.columns} height={size.rows}>
      <RowsView rows={[headerRow(state, now, size.columns)]} columns={size.columns} height={1} />
      <Box
        height={area.rows + DIALOG_TOP}
        paddingLeft={DIALOG_INDENT}
        paddingTop={DIALOG_TOP}
        overflow="hidden"
      >
        <RowsView rows={rows} columns={area.columns} height={area.rows} />
      </Box>
      <RowsView rows={[keysRow(keys, size.columns)]} columns={size.columns} height={1} />
    </Box>
  );
}

const close = { key: "Esc", label: "close" };

function draw({ screen, state, size }: Frame, dialog: Dialog): Drawn {
  const area = dialogArea(size);
  if (dialog.kind === "switcher") {
    const items = switcherItems(state, dialog.scope, dialog.editor.text);
    const selected = Math.min(dialog.selected, Math.max(0, items.length - 1));
    const drawn = switcherRows({ ...dialog, state, items, selected }, area.columns, area.rows);
    return {
      ...drawn,
      keys: [close, { key: "Enter", label: "open" }, { key: "Up/Down", label: "choose" }],
    };
  }
  if (dialog.kind === "invitations") {
    const rows = invitationRows(dialog, state, { ...area, time: screen.time });
    const keys = [close, { key: "Enter", label: "accept" }, { key: "d", label: "decline" }];
    return { rows, caret: undefined, keys: [...keys, { key: "Up/Down", label: "choose" }] };
  }
  if (dialog.kind === "password") {
    const { rows, caret } = passwordRows(dialog, area.columns);
    const keys = [close, { key: "Enter", label: "change" }, { key: "Tab", label: "next field" }];
    return { rows, caret: dialog.isBusy ? undefined : caret, keys };
  }
  if (dialog.kind === "create_room") {
    const { rows, caret } = createRoomRows(dialog, area.columns);
    const keys = [close, { key: "Enter", label: "create" }, { key: "Tab", label: "next field" }];
    return { rows, caret: dialog.isBusy ? undefined : caret, keys };
  }
  const top = dialog.kind === "help" ? helpTop(size, dialog.top) : 0;
  const rows = helpRows(area.columns).slice(top);
  return { rows, caret: undefined, keys: [close, { key: "PgUp/PgDn", label: "scroll" }] };
}
