import type { UserId } from "@lair-chat/protocol/ids.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import { failed } from "../../actions/outcome.ts";
import type { Dialog, FormSpec } from "../dialogs/dialog.ts";
import { openForm } from "../dialogs/form-dialog.ts";
import type { Screen } from "../screen.ts";
import { textField, textOf } from "../shared/form.ts";
import { wholeNumber } from "../shared/whole-number.ts";

interface User {
  readonly id: UserId;
  /** Raw: pass it through safeText. */
  readonly username: string;
}

const HOURS_MAX = 876_000;

/** Opens the form that keeps somebody off the server. */
export function openBanForm(
  screen: Pick<Screen, "ui" | "actions">,
  user: User,
  back: Dialog,
): void {
  const fields = [
    textField({ name: "hours", label: "Hours", hint: "empty: for good", limitBytes: 6 }),
    textField({
      name: "reason",
      label: "Reason",
      hint: "optional",
      limitBytes: limits.descriptionChars,
    }),
  ];
  openForm(screen, banSpec(screen, user), fields, back);
}

const banSpec = ({ actions }: Pick<Screen, "actions">, user: User): FormSpec => ({
  title: `Ban ${user.username} from this server`,
  submit: "ban",
  busy: "One moment…",
  about: () =>
    "All of their sessions end at once, and they cannot sign in until the time is over or the ban is lifted.",
  async run(form) {
    const hours = wholeNumber(textOf(form, "hours"), HOURS_MAX);
    if (hours === "unclear") return failed(`Hours: say a number up to ${HOURS_MAX}, or nothing.`);
    const outcome = await actions.banUser(user.id, textOf(form, "reason").trim(), hours);
    if (!outcome.ok) return outcome;
    const time = hours === undefined ? "until the ban is lifted" : `for ${hours} h`;
    return { ok: true, value: { said: `${user.username} is banned from this server ${time}.` } };
  },
});
