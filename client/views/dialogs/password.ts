import { limits } from "@lair-chat/protocol/limits.ts";
import type { KeyAction } from "../../text/keys.ts";
import { safe, safeText } from "../../text/safe-text.ts";
import { wrapText } from "../../text/wrap.ts";
import { type Screen, say } from "../screen.ts";
import type { Caret } from "../shared/field-row.ts";
import { pressInForm, textField, textOf } from "../shared/form.ts";
import { formRows } from "../shared/form-rows.ts";
import { emptyRow, type Row, span } from "../shared/row.ts";
import type { Dialog } from "../ui-state.ts";
import { closeDialog, showDialog } from "./open-dialog.ts";

type PasswordDialog = Extract<Dialog, { kind: "password" }>;

const secret = (name: string, label: string) =>
  textField({ name, label, limitBytes: limits.passwordBytes.max, isSecret: true });

export const newPasswordDialog = (): PasswordDialog => ({
  kind: "password",
  form: {
    fields: [
      secret("current", "Current password"),
      secret("next", "New password"),
      secret("again", "The same again"),
    ],
    focus: 0,
  },
  isBusy: false,
  error: undefined,
});

const ABOUT = safe`Your sessions on other machines end; this one goes on.`;

/** The dialog's rows and where the caret stands in them. */
export function passwordRows(
  { form, isBusy, error }: PasswordDialog,
  columns: number,
): { rows: readonly Row[]; caret: Caret } {
  const fields = formRows(form, columns);
  const outcome = isBusy ? safe`Changing the password…` : safeText(error ?? "");
  return {
    rows: [
      [span(safe`Change your password`, "heading")],
      emptyRow,
      ...fields.rows,
      emptyRow,
      ...wrapText(ABOUT, columns).map((line) => [span(line, "faint")]),
      emptyRow,
      ...wrapText(outcome, columns).map((line) => [span(line, isBusy ? "faint" : "error")]),
    ],
    caret: { x: fields.caret.x, y: fields.caret.y + 2 },
  };
}

export function typeInPassword(screen: Screen, dialog: PasswordDialog, action: KeyAction): void {
  if (dialog.isBusy) return;
  const { form, isSubmitted, problem } = pressInForm(dialog.form, action);
  if (isSubmitted) void changePassword(screen, dialog);
  else showDialog(screen, { ...dialog, form, error: problem });
}

async function changePassword(screen: Screen, dialog: PasswordDialog): Promise<void> {
  const [current = "", next = "", again = ""] = ["current", "next", "again"].map((name) =>
    textOf(dialog.form, name),
  );
  const problem = problemWith(current, next, again);
  if (problem !== undefined) return showDialog(screen, { ...dialog, error: problem });
  showDialog(screen, { ...dialog, isBusy: true, error: undefined });
  const outcome = await screen.actions.changePassword(current, next);
  // Somebody may have closed it in the meantime: then the outcome is said below the messages.
  const isStillOpen = screen.ui.get().dialog.kind === "password";
  if (!outcome.ok && isStillOpen) {
    return showDialog(screen, { ...dialog, isBusy: false, error: outcome.message });
  }
  if (isStillOpen) closeDialog(screen);
  const text = outcome.ok ? "Your password is changed." : outcome.message;
  say(screen, { severity: outcome.ok ? "info" : "error", text });
}

function problemWith(current: string, next: string, again: string): string | undefined {
  if (current === "") return "Type your current password.";
  if (next === "") return "Type a new password.";
  return next === again ? undefined : "The two new passwords are not the same.";
}
