import { limits } from "@lair-chat/protocol/limits.ts";
import { type Form, textField, textOf, withValue } from "../shared/form.ts";

export type LoginMode = "sign_in" | "register";

export interface LoginForm {
  readonly mode: LoginMode;
  readonly form: Form;
  readonly isBusy: boolean;
  /** Raw: pass it through safeText. */
  readonly error: string | undefined;
}

const SETUP_TOKEN_BYTES = 256;

const username = textField({
  name: "username",
  label: "User name",
  limitBytes: limits.usernameChars.max,
});
const password = textField({
  name: "password",
  label: "Password",
  limitBytes: limits.passwordBytes.max,
  isSecret: true,
});
const newUsername = {
  ...username,
  hint: `${limits.usernameChars.min}-${limits.usernameChars.max} letters, digits, - or _`,
};
const newPassword = { ...password, hint: `at least ${limits.passwordBytes.min} characters` };
const email = textField({
  name: "email",
  label: "E-mail",
  hint: "optional",
  limitBytes: limits.emailChars,
});
const setupToken = textField({
  name: "setupToken",
  label: "Setup token",
  hint: "optional: a new server prints one",
  limitBytes: SETUP_TOKEN_BYTES,
});

const fieldsOf = {
  sign_in: [username, password],
  register: [newUsername, newPassword, email, setupToken],
} as const;

export const newLoginForm = (mode: LoginMode): LoginForm => ({
  mode,
  form: { fields: fieldsOf[mode], focus: 0 },
  isBusy: false,
  error: undefined,
});

/** The other form, with what both ask for kept. */
export function otherLoginForm({ mode, form }: LoginForm): LoginForm {
  const other = newLoginForm(mode === "sign_in" ? "register" : "sign_in");
  const withName = withValue(other.form, "username", textOf(form, "username"));
  return { ...other, form: withValue(withName, "password", textOf(form, "password")) };
}

/** The first thing that is missing before the server need be asked. */
export function missing({ mode, form }: LoginForm): { field: number; message: string } | undefined {
  if (textOf(form, "username").trim() === "") return { field: 0, message: "Type a user name." };
  const secret = textOf(form, "password");
  if (secret === "") return { field: 1, message: "Type a password." };
  const { min } = limits.passwordBytes;
  if (mode === "register" && new TextEncoder().encode(secret).length < min) {
    return { field: 1, message: `The password is too short: ${min} characters are the least.` };
  }
  return undefined;
}
