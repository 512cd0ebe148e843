import { limits } from "@lair-chat/protocol/limits.ts";
import { failed } from "../../actions/outcome.ts";
import type { Dialog, FormSpec } from "../dialogs/dialog.ts";
import { openForm } from "../dialogs/form-dialog.ts";
import { goBack, openMenu } from "../dialogs/menu-dialog.ts";
import type { Screen } from "../screen.ts";
import { textField, textOf } from "../shared/form.ts";
import { wholeNumber } from "../shared/whole-number.ts";

const DIGITS = 6;

/** Opens the form that makes an invite to the server. */
export function openInviteForm(screen: Screen, back: Dialog): void {
  const fields = [
    textField({ name: "note", label: "For whom", hint: "for the list", limitBytes: NOTE_BYTES }),
    textField({ name: "uses", label: "Accounts", hint: "empty: one", limitBytes: DIGITS }),
    textField({
      name: "hours",
      label: "Hours",
      hint: `empty: ${limits.inviteHours}`,
      limitBytes: DIGITS,
    }),
  ];
  openForm(screen, inviteSpec(screen, back), fields, back);
}

const NOTE_BYTES = limits.inviteNoteChars;

const inviteSpec = (screen: Screen, back: Dialog): FormSpec => ({
  title: "Invite to this server",
  submit: "make it",
  busy: "Making the invite…",
  about: () => "Whoever has the invite can make an account, while it is good. It is shown once.",
  async run(form) {
    const uses = wholeNumber(textOf(form, "uses"), limits.inviteUsesMax);
    const hours = wholeNumber(textOf(form, "hours"), limits.inviteHoursMax);
    if (uses === "unclear") return failed(`Accounts: a number up to ${limits.inviteUsesMax}.`);
    if (hours === "unclear") return failed(`Hours: a number up to ${limits.inviteHoursMax}.`);
    const note = textOf(form, "note").trim();
    const outcome = await screen.actions.createServerInvite({ uses, hours, note });
    if (!outcome.ok) return outcome;
    const { token, invite } = outcome.value;
    const until = screen.time.dayLabel(Date.parse(invite.expires_at));
    const next = () => showToken(screen, { token, until, back });
    return { ok: true, value: { next } };
  },
});

interface Made {
  readonly token: string;
  readonly until: string;
  readonly back: Dialog;
}

/** It stays until somebody says that it was written down. */
function showToken(screen: Screen, { token, until, back }: Made): void {
  openMenu(screen, {
    title: "The invite",
    lines: [
      token,
      `Good until: ${until}. It goes into the field "Invite" of the form that creates an account, and cannot be shown again.`,
    ],
    items: [{ letter: "c", label: "I have it, close", run: () => goBack(screen, back) }],
    back,
  });
}
