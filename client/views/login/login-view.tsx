import { Box } from "ink";
import type { ReactNode } from "react";
import { safe, safeText } from "../../text/safe-text.ts";
import { footerRow, keysRow } from "../chat/footer-row.ts";
import { linkText } from "../chat/header-row.ts";
import type { Frame } from "../frame.ts";
import { footerKeys } from "../keymap.ts";
import { FOOTER_ROWS, HEADER_ROWS } from "../layout.ts";
import { fillRow, type Row, span, spreadRow } from "../shared/row.ts";
import { RowsView } from "../shared/rows-view.tsx";
import { loginRows } from "./login-rows.ts";

const FORM_COLUMNS_MAX = 76;

/** Signing in and creating an account. */
export function LoginView({ screen, state, ui, size, now, placeCaret }: Frame): ReactNode {
  const { columns, rows } = size;
  const bodyRows = rows - HEADER_ROWS - FOOTER_ROWS;
  const formColumns = Math.min(FORM_COLUMNS_MAX, columns - 2);
  const form = loginRows(ui.login, screen.about, state, formColumns);
  const top = Math.max(0, Math.min(2, bodyRows - form.rows.length));
  const left = Math.min(2, Math.floor((columns - formColumns) / 2));
  // In a low window the field with the cursor stays in view.
  const hidden = Math.max(0, (form.caret?.y ?? 0) + 2 - bodyRows);
  placeCaret(
    form.caret && { x: left + form.caret.x, y: HEADER_ROWS + top + form.caret.y - hidden },
  );
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <RowsView
        rows={[headerOf(screen.about.version, state, now, columns)]}
        columns={columns}
        height={1}
      />
      <Box height={bodyRows} paddingLeft={left} paddingTop={top} overflow="hidden">
        <RowsView rows={form.rows.slice(hidden)} columns={formColumns} height={bodyRows - top} />
      </Box>
      <RowsView rows={[footerOf(screen.about.canRegister, columns)]} columns={columns} height={1} />
    </Box>
  );
}

function headerOf(version: string, { link }: Frame["state"], now: number, columns: number): Row {
  const link_ = link.state === "signed_out" ? safe`` : safe`${linkText(link, now)} `;
  const row = spreadRow(
    [span(safe` Lair Chat ${safeText(version)}`, "barStrong")],
    [span(link_, "bar")],
    columns,
  );
  return fillRow(
    row.map((piece) => (piece.style === undefined ? { ...piece, style: "bar" as const } : piece)),
    columns,
    "bar",
  );
}

const footerOf = (canRegister: boolean, columns: number): Row =>
  canRegister
    ? footerRow("login", columns)
    : keysRow(
        footerKeys("login").filter(({ label }) => !label.includes("register")),
        columns,
      );
