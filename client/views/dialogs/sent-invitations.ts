import type { SentInvitation } from "../../actions/actions.ts";
import { type SafeText, safe, safeText } from "../../text/safe-text.ts";
import type { Screen } from "../screen.ts";
import type { Dialog, MenuItem, PanelDialog, PanelRow } from "./dialog.ts";
import { mapPage } from "./map-page.ts";
import { carryOut, goBack, openMenu } from "./menu-dialog.ts";
import { openPanel } from "./panel-dialog.ts";

/** Opens the list of invitations that one has sent. */
export function openSentInvitations(screen: Screen, back: Dialog): void {
  openPanel(
    screen,
    {
      title: "Invitations you sent",
      empty: "You have sent no invitation.",
      enter: "take back",
      note: "/invite NAME sends one to the room on screen, /uninvite NAME takes it back.",
      isSearchable: false,
      source: {
        kind: "paged",
        page: async (_wanted, offset) =>
          mapPage(await screen.actions.listSentInvitations(offset), (one) => rowOf(screen, one)),
      },
    },
    back,
  );
}

const rowOf = (screen: Screen, invitation: SentInvitation): PanelRow => ({
  key: invitation.id,
  draw: () => ({
    left: safe`${name(invitation.invitee_name)} to #${name(invitation.room_name)}`,
    right: statusOf(screen, invitation),
  }),
  open: (panel) => openSent(screen, invitation, panel),
});

const name = (raw: string): SafeText => safeText(raw, { maxLength: 100 });

function statusOf(
  { time }: Pick<Screen, "time">,
  { status, expires_at }: SentInvitation,
): SafeText {
  if (status !== "pending") return safeText(status);
  return safe`waiting, until ${time.dayLabel(Date.parse(expires_at))}`;
}

function openSent(screen: Screen, invitation: SentInvitation, panel: PanelDialog): void {
  const { id, invitee_name: invitee, room_name: room, status, message } = invitation;
  const takeBack: MenuItem = {
    letter: "t",
    label: `Take the invitation of ${invitee} back`,
    hint: "/uninvite",
    run: () =>
      void carryOut(screen, {
        run: () => screen.actions.cancelInvitation(id),
        said: `The invitation of ${invitee} to #${room} is taken back.`,
        back: panel,
      }),
  };
  openMenu(screen, {
    title: `${invitee} to #${room}`,
    lines: [`This invitation is ${status}.`, ...(message === null ? [] : [message])],
    items: [
      ...(status === "pending" ? [takeBack] : []),
      { letter: "n", label: "Leave it as it is", run: () => goBack(screen, panel) },
    ],
    back: panel,
  });
}
