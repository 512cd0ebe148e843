import { limits } from "@lair-chat/protocol/limits.ts";
import { failed } from "../../actions/outcome.ts";
import type { Screen } from "../screen.ts";
import { type Form, textField, textOf } from "../shared/form.ts";
import { type Dialog, type FormSpec, noDialog } from "./dialog.ts";
import { openForm } from "./form-dialog.ts";

const secret = (name: string, label: string) =>
  textField({ name, label, limitBytes: limits.passwordBytes.max, isSecret: true });

/** Opens the dialog that changes one's password. */
export function openPassword(
  screen: Pick<Screen, "ui" | "actions">,
  back: Dialog = noDialog,
): void {
  const fields = [
    secret("current", "Current password"),
    secret("next", "New password"),
    secret("again", "The same again"),
  ];
  openForm(screen, passwordSpec(screen), fields, back);
}

const passwordSpec = ({ actions }: Pick<Screen, "actions">): FormSpec => ({
  title: "Change your password",
  submit: "change",
  busy: "Changing the password…",
  about: () => "Your sessions on other machines end; this one goes on.",
  async run(form) {
    const problem = problemWith(form);
    if (problem !== undefined) return failed(problem);
    const outcome = await actions.changePassword(textOf(form, "current"), textOf(form, "next"));
    return outcome.ok ? { ok: true, value: { said: "Your password is changed." } } : outcome;
  },
});

function problemWith(form: Form): string | undefined {
  if (textOf(form, "current") === "") return "Type your current password.";
  const next = textOf(form, "next");
  if (next === "") return "Type a new password.";
  return next === textOf(form, "again") ? undefined : "The two new passwords are not the same.";
}
