import type { KeyAction } from "../../text/keys.ts";
import type { ActionName } from "../keymap.ts";
import type { WindowSize } from "../layout.ts";
import type { Screen } from "../screen.ts";
import { type Form, moveFocus, pressInForm, textOf } from "../shared/form.ts";
import {
  answerTo,
  askAboutServer,
  type LoginForm,
  missing,
  newLoginForm,
  otherLoginForm,
  type ServerAnswer,
  type ServerQuestion,
} from "./login-form.ts";

type LoginScreen = Pick<Screen, "ui" | "actions" | "about">;

const update = ({ ui }: Pick<Screen, "ui">, change: (login: LoginForm) => LoginForm): void =>
  ui.update((state) => ({ ...state, login: change(state.login) }));

export function performInLogin(screen: LoginScreen, _size: WindowSize, action: ActionName): void {
  const { isBusy, question } = screen.ui.get().login;
  if (isBusy || question !== undefined) return;
  if (action === "switchForm" && screen.about.canRegister) update(screen, otherLoginForm);
  if (action === "previousField") {
    update(screen, (login) => ({ ...login, form: moveFocus(login.form, -1) }));
  }
}

export function typeInLogin(screen: LoginScreen, _size: WindowSize, action: KeyAction): void {
  const { login } = screen.ui.get();
  if (login.isBusy) return;
  if (login.question !== undefined) {
    answer(screen, login.question, action);
    return;
  }
  const { form, isSubmitted, problem } = pressInForm(login.form, action);
  if (isSubmitted) void submitLogin(screen);
  else update(screen, (before) => ({ ...before, form, error: problem ?? before.error }));
}

function answer(screen: LoginScreen, question: ServerQuestion, action: KeyAction): void {
  const { form, isSubmitted, problem } = pressInForm(question.form, action);
  if (isSubmitted) {
    answered[answerTo(question)](screen, question);
    return;
  }
  update(screen, (before) => ({
    ...before,
    question: { ...question, form },
    error: problem ?? before.error,
  }));
}

const answered: Readonly<
  Record<ServerAnswer, (screen: LoginScreen, question: ServerQuestion) => void>
> = {
  yes: (screen, { server }) => {
    screen.actions.trustServer(server.fingerprint);
    void sendLogin(screen);
  },
  no: (screen) =>
    update(screen, (before) => ({
      ...before,
      question: undefined,
      error: "The server is not trusted, and nothing was sent to it.",
    })),
  other_fingerprint: (screen) =>
    update(screen, (before) => ({
      ...before,
      question: undefined,
      error: "That is not its fingerprint: this is another server. Nothing was sent to it.",
    })),
  unclear: (screen) => update(screen, (before) => ({ ...before, error: 'Type "yes" or "no".' })),
};

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
  await sendLogin(screen);
}

async function sendLogin(screen: LoginScreen): Promise<void> {
  update(screen, (before) => ({
    ...before,
    isBusy: true,
    error: undefined,
    question: undefined,
  }));
  const { login } = screen.ui.get();
  const outcome = await ask[login.mode](screen, login.form);
  // What was typed, the password first of all, is not kept once it has served.
  if (outcome.ok) {
    update(screen, () => newLoginForm("sign_in"));
    return;
  }
  const { message, unknownServer } = outcome;
  update(screen, (before) =>
    unknownServer === undefined
      ? { ...before, isBusy: false, error: message }
      : { ...before, isBusy: false, question: askAboutServer(unknownServer) },
  );
}

const ask = {
  sign_in: ({ actions }: LoginScreen, form: Form) => actions.signIn(credentialsOf(form)),
  register: ({ actions }: LoginScreen, form: Form) =>
    actions.register({
      ...credentialsOf(form),
      email: textOf(form, "email").trim(),
      invite: textOf(form, "invite").trim(),
      setupToken: textOf(form, "setupToken").trim(),
    }),
} as const;

const credentialsOf = (form: Form) => ({
  username: textOf(form, "username").trim(),
  password: textOf(form, "password"),
});
