import { Box } from "ink";
import type { ReactNode } from "react";
import { type FooterKey, keysRow } from "../chat/footer-row.ts";
import { headerRow } from "../chat/header-row.ts";
import { noticeRows } from "../chat/notice-rows.ts";
import type { Frame } from "../frame.ts";
import { DIALOG_INDENT, DIALOG_TOP, dialogArea, HEADER_ROWS, type WindowSize } from "../layout.ts";
import { switcherItems } from "../rooms/switcher-items.ts";
import { switcherRows } from "../rooms/switcher-rows.ts";
import type { Caret } from "../shared/field-row.ts";
import type { Row } from "../shared/row.ts";
import { RowsView } from "../shared/rows-view.tsx";
import type { Dialog } from "./dialog.ts";
import { formDialogRows } from "./form-dialog.ts";
import { helpRows, helpTop } from "./help-rows.ts";
import { invitationRows } from "./invitations.ts";
import { menuRows } from "./menu-dialog.ts";
import { panelRows } from "./panel-rows.ts";

interface Drawn {
  readonly rows: readonly Row[];
  readonly caret?: Caret | undefined;
  /** Besides the one that closes it. */
  readonly keys: readonly FooterKey[];
}

/** A dialog in place of the conversation: nothing shows through that could be taken for part of it. */
export function DialogView(frame: Frame): ReactNode {
  const { state, ui, size, now, placeCaret } = frame;
  const whole = dialogArea(size);
  // What was done here is told here, and so is what the server has to say.
  const said = noticeRows(state, ui.remark, whole.columns).slice(0, whole.rows - 1);
  const area = { columns: whole.columns, rows: whole.rows - said.length };
  const { rows, caret, keys } = draw(frame, ui.dialog, area);
  // In a low window the field with the cursor stays in view.
  const hidden = Math.max(0, (caret?.y ?? 0) + 1 - area.rows);
  placeCaret(
    caret && { x: DIALOG_INDENT + caret.x, y: HEADER_ROWS + DIALOG_TOP + caret.y - hidden },
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
        <RowsView rows={rows.slice(hidden)} columns={area.columns} height={area.rows} />
      </Box>
      <Box height={said.length} paddingLeft={DIALOG_INDENT} overflow="hidden">
        <RowsView rows={said} columns={area.columns} height={said.length} />
      </Box>
      <RowsView
        rows={[keysRow([closeKey(ui.dialog), ...keys], size.columns)]}
        columns={size.columns}
        height={1}
      />
    </Box>
  );
}

/** Escape leads to what was open before. */
const closeKey = (dialog: Dialog): FooterKey => ({
  key: "Esc",
  label: "back" in dialog && dialog.back.kind !== "none" ? "back" : "close",
});

const choose: FooterKey = { key: "Up/Down", label: "choose" };
const nextField: FooterKey = { key: "Tab", label: "next field" };

type Kind = Dialog["kind"];
type Draw<D> = (frame: Frame, dialog: D, area: WindowSize) => Drawn;

const drawings: { readonly [K in Kind]: Draw<Extract<Dialog, { kind: K }>> } = {
  none: () => ({ rows: [], keys: [] }),
  help: (frame, { top }, area) => ({
    rows: helpRows(area.columns).slice(helpTop(frame.size, top)),
    keys: [{ key: "PgUp/PgDn", label: "scroll" }],
  }),
  switcher({ state }, dialog, area) {
    const items = switcherItems(state, dialog.scope, dialog.editor.text);
    const selected = Math.min(dialog.selected, Math.max(0, items.length - 1));
    const drawn = switcherRows({ ...dialog, state, items, selected }, area.columns, area.rows);
    return { ...drawn, keys: [{ key: "Enter", label: "open" }, choose] };
  },
  invitations: ({ state, screen }, dialog, area) => ({
    rows: invitationRows(dialog, state, { ...area, time: screen.time }),
    keys: [
      { key: "Enter", label: "accept" },
      { key: "d", label: "decline" },
      choose,
      { key: "Tab", label: "those you sent" },
    ],
  }),
  form(_frame, dialog, area) {
    const { rows, caret } = formDialogRows(dialog, area.columns);
    return {
      rows,
      caret: dialog.isBusy ? undefined : caret,
      keys: [{ key: "Enter", label: dialog.spec.submit }, nextField],
    };
  },
  menu: (_frame, dialog, area) => ({
    rows: menuRows(dialog, area),
    keys: dialog.items.length === 0 ? [] : [{ key: "Enter", label: "do it" }, choose],
  }),
  panel: ({ state }, dialog, area) => ({
    ...panelRows(dialog, state, area),
    keys: [
      { key: "Enter", label: dialog.spec.enter },
      choose,
      ...(dialog.spec.isSearchable ? [{ key: "letters", label: "find" }] : []),
      { key: "Ctrl-R", label: "reload" },
    ],
  }),
};

const draw: Draw<Dialog> = (frame, dialog, area) =>
  (drawings[dialog.kind] as Draw<Dialog>)(frame, dialog, area);
