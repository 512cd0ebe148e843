import { limits } from "@lair-chat/protocol/limits.ts";
import type { UnknownServer } from "../../actions/actions.ts";
import { type Form, textField, textOf, withValue } from "../shared/form.ts";

export type LoginMode = "sign_in" | "register";

export interface LoginForm {
  readonly mode: LoginMode;
  readonly form: Form;
  readonly isBusy: boolean;
  /** Raw: pass it through safeText. */
  readonly error: string | undefined;
  /** What has to be known before the form can be of use. */
  readonly question: ServerQuestion | undefined;
}

/** Whether to trust a server that nobody vouches for. */
export interface ServerQuestion {
  readonly server: UnknownServer;
  readonly form: Form;
}

const TOKEN_BYTES = 256;

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
const invite = textField({
  name: "invite",
  label: "Invite",
  hint: "where the server takes nobody without",
  limitBytes: TOKEN_BYTES,
});
const setupToken = textField({
  name: "setupToken",
  label: "Setup token",
  hint: "optional: a new server prints one",
  limitBytes: TOKEN_BYTES,
});

const fieldsOf = {
  sign_in: [username, password],
  register: [newUsername, newPassword, email, setupToken, invite],
} as const;

export const newLoginForm = (mode: LoginMode): LoginForm => ({
  mode,
  form: { fields: fieldsOf[mode], focus: 0 },
  isBusy: false,
  error: undefined,
  question: undefined,
});

const ANSWER_BYTES = 64;

export const askAboutServer = (server: UnknownServer): ServerQuestion => ({
  server,
  form: {
    fields: [
      textField({
        name: "answer",
        label: "Trust it?",
        hint: "yes, no, or the fingerprint you were told",
        limitBytes: ANSWER_BYTES,
      }),
    ],
    focus: 0,
  },
});

export type ServerAnswer = "yes" | "no" | "other_fingerprint" | "unclear";

/** What the person makes of it. An empty line is no answer, so that Enter alone trusts nobody. */
export function answerTo({ server, form }: ServerQuestion): ServerAnswer {
  const answer = textOf(form, "answer").trim();
  if (answer === server.fingerprint || answer.toLowerCase() === "yes") return "yes";
  if (answer.toLowerCase() === "no") return "no";
  return answer.startsWith("SHA256:") ? "other_fingerprint" : "unclear";
}

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
