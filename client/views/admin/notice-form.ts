import { limits } from "@lair-chat/protocol/limits.ts";
import type { NoticeSeverity } from "../../actions/actions.ts";
import { failed } from "../../actions/outcome.ts";
import type { Dialog, FormSpec } from "../dialogs/dialog.ts";
import { openForm } from "../dialogs/form-dialog.ts";
import type { Screen } from "../screen.ts";
import { optionField, optionOf, textField, textOf } from "../shared/form.ts";

const severities: readonly NoticeSeverity[] = ["info", "warning", "critical"];

/** Opens the form for a word to everybody who is connected. */
export function openNotice(screen: Pick<Screen, "ui" | "actions">, back: Dialog): void {
  const fields = [
    textField({ name: "text", label: "Text", limitBytes: limits.descriptionChars }),
    optionField({ name: "severity", label: "Kind", options: severities, chosen: "info" }),
  ];
  openForm(screen, noticeSpec(screen), fields, back);
}

const noticeSpec = ({ actions }: Pick<Screen, "actions">): FormSpec => ({
  title: "Say something to everybody",
  submit: "send",
  busy: "Sending…",
  about: () =>
    "Everybody who is connected now sees it at once; it is not kept. An info goes away by itself, a critical one stays until it is dismissed.",
  async run(form) {
    const text = textOf(form, "text").trim();
    if (text === "") return failed("Type what to say.");
    const severity = severities.find((one) => one === optionOf(form, "severity"));
    const outcome = await actions.sendNotice(text, severity);
    if (!outcome.ok) return outcome;
    return { ok: true, value: { said: `Told to ${outcome.value} connections.` } };
  },
});
