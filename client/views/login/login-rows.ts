import type { State } from "../../store/state.ts";
import { type SafeText, safe, safeText } from "../../text/safe-text.ts";
import { wrapText } from "../../text/wrap.ts";
import { keymap, showKey } from "../keymap.ts";
import type { About } from "../screen.ts";
import type { Caret } from "../shared/field-row.ts";
import { formRows } from "../shared/form-rows.ts";
import { emptyRow, type Row, span } from "../shared/row.ts";
import type { StyleName } from "../theme.ts";
import type { LoginForm, ServerQuestion } from "./login-form.ts";

const titles = { sign_in: safe`Sign in`, register: safe`Create an account` } as const;
const busy = { sign_in: safe`Signing in…`, register: safe`Creating the account…` } as const;
const submits = {
  sign_in: safe`Enter signs in`,
  register: safe`Enter creates the account`,
} as const;
const others = { sign_in: safe`create an account`, register: safe`sign in instead` } as const;

const transports: Readonly<Record<About["transport"], SafeText>> = {
  tls: safe`TLS: what you type travels encrypted to the server`,
  noise: safe`Noise: what you type travels encrypted to the server`,
  plaintext: safe`plaintext: what you type travels unencrypted to the server`,
};

interface LoginPicture {
  readonly rows: readonly Row[];
  readonly caret: Caret | undefined;
}

/** The form with where it leads above and what came of it below. */
export function loginRows(
  login: LoginForm,
  about: About,
  { link }: Pick<State, "link">,
  columns: number,
): LoginPicture {
  if (login.question !== undefined) return questionRows(login.question, login.error, columns);
  const head = [
    [span(titles[login.mode], "heading")],
    ...lines(safe`Server ${safeText(about.server)} (${safeText(about.httpUrl)})`, columns, "plain"),
    ...lines(
      transports[about.transport],
      columns,
      about.transport === "plaintext" ? "warning" : "plain",
    ),
    emptyRow,
  ];
  const fields = formRows(login.form, columns);
  const { x, y } = fields.caret;
  return {
    rows: [...head, ...fields.rows, emptyRow, ...below(login, about, link, columns)],
    caret: login.isBusy ? undefined : { x, y: y + head.length },
  };
}

/** What is known of a server that nobody vouches for, and the question what the person makes of it. */
function questionRows(
  { server, form }: ServerQuestion,
  error: string | undefined,
  columns: number,
): LoginPicture {
  const head = [
    [span(safe`Do you know this server?`, "heading")],
    ...lines(safe`Server ${safeText(server.at)}`, columns, "plain"),
    ...lines(safe`Nobody this machine knows has signed its certificate.`, columns, "warning"),
    ...lines(safe`Its key is ${safeText(server.fingerprint)}`, columns, "strong"),
    ...lines(
      safe`Trust it only if its operator has told you the same: the server prints it at its start. It is then remembered, and nothing was sent yet.`,
      columns,
      "plain",
    ),
    emptyRow,
  ];
  const fields = formRows(form, columns);
  const { x, y } = fields.caret;
  const problem = error === undefined ? [] : lines(safe`! ${safeText(error)}`, columns, "error");
  return {
    rows: [...head, ...fields.rows, emptyRow, ...problem],
    caret: { x, y: y + head.length },
  };
}

function below(login: LoginForm, about: About, link: State["link"], columns: number): Row[] {
  if (login.isBusy) return lines(busy[login.mode], columns, "strong");
  if (login.error !== undefined) return lines(safe`! ${safeText(login.error)}`, columns, "error");
  const switchKey = safeText(keymap.switchForm.keys.map(showKey).join(" or "));
  const other = about.canRegister ? safe`, ${switchKey}: ${others[login.mode]}` : safe``;
  const keys = lines(safe`${submits[login.mode]}${other}`, columns, "faint");
  const reason = link.state === "signed_out" ? link.reason : undefined;
  return reason === undefined
    ? keys
    : [...lines(safe`! ${safeText(reason)}`, columns, "warning"), ...keys];
}

const lines = (text: SafeText, columns: number, style: StyleName): Row[] =>
  wrapText(text, columns).map((line) => [span(line, style)]);
