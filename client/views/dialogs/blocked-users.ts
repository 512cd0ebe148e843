import type { BlockedUser } from "../../actions/actions.ts";
import { safe, safeText } from "../../text/safe-text.ts";
import type { Screen } from "../screen.ts";
import type { Dialog, PanelDialog, PanelRow } from "./dialog.ts";
import { mapPage } from "./map-page.ts";
import { carryOut, goBack, openMenu } from "./menu-dialog.ts";
import { openPanel } from "./panel-dialog.ts";

/** Opens the list of those one takes no messages from. */
export function openBlockedUsers(screen: Screen, back: Dialog): void {
  openPanel(
    screen,
    {
      title: "People you block",
      empty: "You block nobody.",
      enter: "unblock",
      note: "/block NAME adds somebody. Nobody is told.",
      isSearchable: false,
      source: {
        kind: "paged",
        page: async (_wanted, offset) =>
          mapPage(await screen.actions.listBlocked(offset), (user) => rowOf(screen, user)),
      },
    },
    back,
  );
}

const rowOf = (screen: Screen, user: BlockedUser): PanelRow => ({
  key: user.id,
  draw: () => ({ left: safeText(user.username, { maxLength: 100 }), right: safe`blocked` }),
  open: (panel) => openBlocked(screen, user, panel),
});

function openBlocked(screen: Screen, { id, username }: BlockedUser, panel: PanelDialog): void {
  openMenu(screen, {
    title: username,
    lines: [`${username} can send you no direct messages and no invitations.`],
    items: [
      {
        letter: "u",
        label: `Take the block of ${username} back`,
        hint: "/unblock",
        run: () =>
          void carryOut(screen, {
            run: () => screen.actions.unblockUser(id),
            said: `${username} can write to you again.`,
            back: panel,
          }),
      },
      { letter: "n", label: "Leave it as it is", run: () => goBack(screen, panel) },
    ],
    back: panel,
  });
}
