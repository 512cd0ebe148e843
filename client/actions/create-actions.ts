import { withoutNotice } from "../store/notices.ts";
import { accountActions } from "./account.ts";
import type { ActionParts } from "./action-parts.ts";
import type { Actions } from "./actions.ts";
import { changeMessageActions } from "./change-message.ts";
import { invitationActions } from "./invitations.ts";
import { loadMembersAction } from "./load-members.ts";
import { openConversationActions } from "./open-conversation.ts";
import { roomAdministrationActions } from "./room-administration.ts";
import { roomActions } from "./rooms.ts";
import { searchActions } from "./search-directory.ts";
import { sendMessageActions } from "./send-message.ts";
import { serverAdministrationActions } from "./server-administration.ts";
import { serverInviteActions } from "./server-invites.ts";
import { setDraftAction } from "./set-draft.ts";
import { signInActions } from "./sign-in.ts";
import { signOutAction } from "./sign-out.ts";

/** Everything a person can do, put together. */
export function createActions(parts: ActionParts): Actions {
  return {
    ...signInActions(parts),
    ...signOutAction(parts),
    ...openConversationActions(parts),
    ...sendMessageActions(parts),
    ...setDraftAction(parts),
    ...roomActions(parts),
    ...searchActions(parts),
    ...loadMembersAction(parts),
    ...changeMessageActions(parts),
    ...roomAdministrationActions(parts),
    ...invitationActions(parts),
    ...accountActions(parts),
    ...serverAdministrationActions(parts),
    ...serverInviteActions(parts),
    reconnectNow: () => parts.sessions.current?.reconnectNow(),
    dismissNotice: (id) => parts.store.update((state) => withoutNotice(state, id)),
  };
}
