import type { State } from "../../store/state.ts";
import type { TimeFormat } from "../../text/format-time.ts";
import type { KeyAction } from "../../text/keys.ts";
import { type SafeText, safe, safeText } from "../../text/safe-text.ts";
import { wrapText } from "../../text/wrap.ts";
import type { Screen } from "../screen.ts";
import { emptyRow, fillRow, type Row, span, spreadRow } from "../shared/row.ts";
import type { Dialog } from "./dialog.ts";
import { closeDialog, showDialog } from "./open-dialog.ts";
import { openSentInvitations } from "./sent-invitations.ts";

type InvitationsDialog = Extract<Dialog, { kind: "invitations" }>;

const HEAD_ROWS = 2;
const FOOT_ROWS = 3;

/** Who invites, to which room, and until when that stands. */
export function invitationRows(
  { selected, isBusy, error }: InvitationsDialog,
  { invitations }: Pick<State, "invitations">,
  { columns, rows, time }: { columns: number; rows: number; time: TimeFormat },
): readonly Row[] {
  const height = Math.max(1, rows - HEAD_ROWS - FOOT_ROWS);
  const chosen = Math.min(selected, invitations.length - 1);
  const top = Math.max(0, chosen - height + 1);
  const list = invitations.slice(top, top + height).map((invitation, index) => {
    const isChosen = top + index === chosen;
    const style = isChosen ? "selected" : "plain";
    const marker = isChosen ? safe`> ` : safe`  `;
    const left = safe`${marker}#${name(invitation.roomName)} from ${name(invitation.inviter)}`;
    const until = safe`until ${time.dayLabel(invitation.expiresAt)} `;
    return fillRow(spreadRow([span(left, style)], [span(until, style)], columns), columns, style);
  });
  const message = safeText(invitations[chosen]?.message ?? "", { maxLength: 500 });
  const below = error === undefined ? message : safeText(error);
  return [
    [span(safe`Invitations`, "heading")],
    emptyRow,
    ...(list.length === 0 ? [[span(safe`No invitation waits for you.`, "faint")]] : list),
    emptyRow,
    ...wrapText(isBusy ? safe`One moment…` : below, columns)
      .slice(0, FOOT_ROWS - 1)
      .map((line): Row => [span(line, error === undefined ? "faint" : "error")]),
  ];
}

const name = (raw: string): SafeText => safeText(raw, { maxLength: 100 });

/** Enter accepts the chosen one, `d` declines it, Tab goes over to those that one has sent. */
export function typeInInvitations(
  screen: Screen,
  dialog: InvitationsDialog,
  action: KeyAction,
): void {
  if (dialog.isBusy) return;
  if (action.type === "submit") void accept(screen, dialog);
  else if (action.type === "complete") openSentInvitations(screen, dialog);
  else if (action.type === "insert" && action.text.toLowerCase() === "d") {
    void decline(screen, dialog);
  }
}

/** The line chosen, after `step` more. */
export function selectInvitation(
  screen: Pick<Screen, "ui" | "store">,
  dialog: InvitationsDialog,
  step: number,
): void {
  const last = screen.store.get().invitations.length - 1;
  const selected = Math.max(0, Math.min(last, dialog.selected + step));
  showDialog(screen, { ...dialog, selected, error: undefined });
}

function chosenOf({ store }: Pick<Screen, "store">, { selected }: InvitationsDialog) {
  const { invitations } = store.get();
  return invitations[Math.min(selected, invitations.length - 1)];
}

async function accept(screen: Screen, dialog: InvitationsDialog): Promise<void> {
  const invitation = chosenOf(screen, dialog);
  if (invitation === undefined) return closeDialog(screen);
  showDialog(screen, { ...dialog, isBusy: true, error: undefined });
  const outcome = await screen.actions.acceptInvitation(invitation.id);
  finish(screen, dialog, outcome.ok ? undefined : outcome.message);
  if (!outcome.ok) return;
  if (screen.ui.get().dialog.kind === "invitations") closeDialog(screen);
  screen.actions.openConversation(`room:${outcome.value}`);
}

async function decline(screen: Screen, dialog: InvitationsDialog): Promise<void> {
  const invitation = chosenOf(screen, dialog);
  if (invitation === undefined) return;
  showDialog(screen, { ...dialog, isBusy: true, error: undefined });
  const outcome = await screen.actions.declineInvitation(invitation.id);
  finish(screen, dialog, outcome.ok ? undefined : outcome.message);
}

/** Somebody may have closed it in the meantime, or opened another one. */
function finish(screen: Screen, dialog: InvitationsDialog, error: string | undefined): void {
  if (screen.ui.get().dialog.kind !== "invitations") return;
  showDialog(screen, { ...dialog, isBusy: false, error });
}
