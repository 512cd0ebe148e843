import type { ServerInvite } from "../../actions/actions.ts";
import { type SafeText, safe, safeText } from "../../text/safe-text.ts";
import type { Dialog, MenuItem, PanelDialog, PanelRow } from "../dialogs/dialog.ts";
import { mapPage } from "../dialogs/map-page.ts";
import { carryOut, goBack, openMenu } from "../dialogs/menu-dialog.ts";
import { openPanel } from "../dialogs/panel-dialog.ts";
import type { Screen } from "../screen.ts";

/** Opens the list of invites to the server. */
export function openServerInvites(screen: Screen, back: Dialog): void {
  openPanel(
    screen,
    {
      title: "Invites to this server",
      empty: "There is no invite.",
      enter: "choose",
      note: "/admin invite makes one.",
      isSearchable: false,
      source: {
        kind: "paged",
        page: async (_wanted, offset) =>
          mapPage(await screen.actions.listServerInvites(offset), (one) => rowOf(screen, one)),
      },
    },
    back,
  );
}

const rowOf = (screen: Screen, invite: ServerInvite): PanelRow => ({
  key: invite.id,
  draw: () => ({
    left: safe`${nameOf(invite)}  ${invite.uses} of ${invite.max_uses} used`,
    right: stateOf(screen, invite),
  }),
  open: (panel) => openInvite(screen, invite, panel),
});

const nameOf = ({ note, id }: ServerInvite): SafeText =>
  safeText(note === null || note === "" ? id : note, { maxLength: 100 });

const isOver = ({ clock }: Pick<Screen, "clock">, invite: ServerInvite): boolean =>
  invite.revoked_at !== null ||
  invite.uses >= invite.max_uses ||
  Date.parse(invite.expires_at) <= clock.now();

function stateOf(screen: Screen, invite: ServerInvite): SafeText {
  if (invite.revoked_at !== null) return safe`taken back`;
  if (invite.uses >= invite.max_uses) return safe`used up`;
  const until = screen.time.dayLabel(Date.parse(invite.expires_at));
  return isOver(screen, invite) ? safe`expired` : safe`until ${until}`;
}

function openInvite(screen: Screen, invite: ServerInvite, panel: PanelDialog): void {
  const by =
    invite.created_by === null ? undefined : screen.store.get().people.get(invite.created_by);
  const takeBack: MenuItem = {
    letter: "t",
    label: "Take the invite back",
    hint: "accounts made with it stay",
    run: () =>
      void carryOut(screen, {
        run: () => screen.actions.revokeServerInvite(invite.id),
        said: "The invite is of no use any more.",
        back: panel,
      }),
  };
  openMenu(screen, {
    title: invite.note ?? "Invite to this server",
    lines: [
      `${invite.uses} of ${invite.max_uses} accounts made with it; ${stateOf(screen, invite)}.`,
      ...(by === undefined ? [] : [`Made by ${by.username}`]),
    ],
    items: [
      ...(isOver(screen, invite) ? [] : [takeBack]),
      { letter: "n", label: "Leave it as it is", run: () => goBack(screen, panel) },
    ],
    back: panel,
  });
}
