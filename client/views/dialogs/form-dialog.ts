import type { KeyAction } from "../../text/keys.ts";
import { safeText } from "../../text/safe-text.ts";
import { wrapText } from "../../text/wrap.ts";
import { type Screen, say } from "../screen.ts";
import type { Caret } from "../shared/field-row.ts";
import { type Form, pressInForm } from "../shared/form.ts";
import { formRows } from "../shared/form-rows.ts";
import { emptyRow, type Row, span } from "../shared/row.ts";
import type { Dialog, FormDialog, FormSpec } from "./dialog.ts";
import { goBack } from "./menu-dialog.ts";
import { showDialog } from "./open-dialog.ts";

type FormScreen = Pick<Screen, "ui" | "store" | "clock">;

export function openForm(
  screen: Pick<Screen, "ui">,
  spec: FormSpec,
  fields: Form["fields"],
  back: Dialog,
): void {
  const form = { fields, focus: 0 };
  showDialog(screen, { kind: "form", spec, form, isBusy: false, error: undefined, back });
}

/** The dialog's rows and where the caret stands in them. */
export function formDialogRows(
  { spec, form, isBusy, error }: FormDialog,
  columns: number,
): { rows: readonly Row[]; caret: Caret } {
  const fields = formRows(form, columns);
  const outcome = safeText(isBusy ? spec.busy : (error ?? ""));
  return {
    rows: [
      [span(safeText(spec.title), "heading")],
      emptyRow,
      ...fields.rows,
      emptyRow,
      ...wrapText(safeText(spec.about(form)), columns).map((line): Row => [span(line, "faint")]),
      emptyRow,
      ...wrapText(outcome, columns).map((line): Row => [span(line, isBusy ? "faint" : "error")]),
    ],
    caret: { x: fields.caret.x, y: fields.caret.y + 2 },
  };
}

export function typeInForm(screen: FormScreen, dialog: FormDialog, action: KeyAction): void {
  if (dialog.isBusy) return;
  const { form, isSubmitted, problem } = pressInForm(dialog.form, action);
  if (isSubmitted) void submit(screen, dialog);
  else showDialog(screen, { ...dialog, form, error: problem });
}

async function submit(screen: FormScreen, dialog: FormDialog): Promise<void> {
  const busy: FormDialog = { ...dialog, isBusy: true, error: undefined };
  showDialog(screen, busy);
  const outcome = await dialog.spec.run(dialog.form);
  // Somebody may have closed it in the meantime, or opened another one.
  const isThere = screen.ui.get().dialog === busy;
  if (!outcome.ok) {
    if (isThere) showDialog(screen, { ...busy, isBusy: false, error: outcome.message });
    else say(screen, { severity: "error", text: outcome.message });
    return;
  }
  if (isThere) goBack(screen, dialog.back);
  const { said, next } = outcome.value;
  if (said !== undefined) say(screen, { severity: "info", text: said });
  next?.();
}
