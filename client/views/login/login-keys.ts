import type { KeyAction } from "../../text/keys.ts";
import type { ActionName } from "../keymap.ts";
import type { WindowSize } from "../layout.ts";
import type { Screen } from "../screen.ts";
import { type Form, moveFocus, pressInForm, textOf } from "../shared/form.ts";
import { type LoginForm, missing, newLoginForm, otherLoginForm } from "./login-form.ts";

type LoginScreen = Pick<Screen, "ui" | "actions" | "about">;

const update = ({ ui }: Pick<Screen, "ui">, change: (login: LoginForm) => LoginForm): void =>
  ui.update((state) => ({ ...state, login: change(state.login) }));

export function performInLogin(screen: LoginScreen, _size: WindowSize, action: ActionName): void {
  if (screen.ui.get().login.isBusy) return;
  if (action === "switchForm" && screen.about.canRegister) update(screen, otherLoginForm);
  if (action === "previousField") {
    update(screen, (login) => ({ ...login, form: moveFocus(login.form, -1) }));
  }
}

export function typeInLogin(screen: LoginScreen, _size: WindowSize, action: KeyAction): void {
  const { login } = screen.ui.get();
  if (login.isBusy) return;
  const { form, isSubmitted, problem } = pressInForm(login.form, action);
  if (isSubmitted) void submitLogin(screen);
  else update(screen, (before) => ({ ...before, form, error: problem ?? before.error }));
}

async function submitLogin(screen: LoginScreen): Promise<void> {
  const { login } = screen.ui.get();
  const gap = missing(login);
  if (gap !== undefined) {
    const form = { ...login.form, focus: gap.field };
    // Enter in the first field means "go on" while the next one is still empty.
    const isOnWay = login.form.focus < gap.field;
    return update(screen, (before) => ({
      ...before,
      form,
      error: isOnWay ? undefined : gap.message,
    }));
  }
  update(screen, (before) => ({ ...before, isBusy: true, error: undefined }));
  const outcome = await ask[login.mode](screen, login.form);
  // What was typed, the password first of all, is not kept once it has served.
  if (outcome.ok) update(screen, () => newLoginForm("sign_in"));
  else update(screen, (before) => ({ ...before, isBusy: false, error: outcome.message }));
}

const ask = {
  sign_in: ({ actions }: LoginScreen, form: Form) => actions.signIn(credentialsOf(form)),
  register: ({ actions }: LoginScreen, form: Form) =>
    actions.register({
      ...credentialsOf(form),
      email: textOf(form, "email").trim(),
      setupToken: textOf(form, "setupToken").trim(),
    }),
} as const;

const credentialsOf = (form: Form) => ({
  username: textOf(form, "username").trim(),
  password: textOf(form, "password"),
});
