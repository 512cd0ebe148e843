import { limits } from "@lair-chat/protocol/limits.ts";
import type { User } from "@lair-chat/protocol/messages/shapes.ts";
import { failed } from "../../actions/outcome.ts";
import type { Screen } from "../screen.ts";
import { textField, textOf } from "../shared/form.ts";
import { openBlockedUsers } from "./blocked-users.ts";
import type { Dialog, FormSpec } from "./dialog.ts";
import { openForm } from "./form-dialog.ts";
import { openMenu, showLoaded } from "./menu-dialog.ts";
import { openPassword } from "./password.ts";

/** Opens one's own account as the server has it, with what can be changed of it. */
export function openProfile(screen: Screen, back: Dialog): void {
  void showLoaded(screen, {
    title: "Your profile",
    back,
    load: () => screen.actions.profile(),
    show: (user) => show(screen, user, back),
  });
}

function show(screen: Screen, user: User, back: Dialog): void {
  const since = screen.time.dayLabel(Date.parse(user.created_at));
  openMenu(screen, {
    title: "Your profile",
    lines: [
      `Name: ${user.username} (${user.role} of this server)`,
      `E-mail: ${user.email === "" ? "none" : user.email}`,
      `Member since: ${since}`,
    ],
    items: [
      { letter: "e", label: "Change the e-mail address…", run: () => changeEmail(screen, user) },
      {
        letter: "p",
        label: "Change the password…",
        hint: "/password",
        run: () => openPassword(screen, screen.ui.get().dialog),
      },
      {
        letter: "b",
        label: "See whom you block…",
        hint: "/blocked",
        run: () => openBlockedUsers(screen, screen.ui.get().dialog),
      },
    ],
    back,
  });
}

function changeEmail(screen: Screen, user: User): void {
  const { dialog } = screen.ui.get();
  const fields = [
    textField({ name: "email", label: "E-mail", limitBytes: limits.emailChars, text: user.email }),
    textField({
      name: "password",
      label: "Your password",
      limitBytes: limits.passwordBytes.max,
      isSecret: true,
    }),
  ];
  // Back to the account as it is then.
  const outer = dialog.kind === "menu" ? dialog.back : dialog;
  openForm(screen, emailSpec(screen, outer), fields, dialog);
}

const emailSpec = (screen: Screen, outer: Dialog): FormSpec => ({
  title: "Change your e-mail address",
  submit: "change",
  busy: "Changing the address…",
  about: () =>
    "Empty takes it away. The password is asked for because the address can get the account back. Nobody but you and admins sees it.",
  async run(form) {
    const password = textOf(form, "password");
    if (password === "") return failed("Type your password.");
    const outcome = await screen.actions.updateEmail(textOf(form, "email").trim(), password);
    if (!outcome.ok) return outcome;
    const said = "Your e-mail address is changed.";
    return { ok: true, value: { said, next: () => openProfile(screen, outer) } };
  },
});
