import { limits } from "@lair-chat/protocol/limits.ts";
import type { RoomRole } from "@lair-chat/protocol/messages/shapes.ts";
import { roomIdOf } from "../../slash/open-room.ts";
import type { Conversation, Member } from "../../store/state.ts";
import { type FormSpec, type MenuItem, noDialog, type PanelDialog } from "../dialogs/dialog.ts";
import { openForm } from "../dialogs/form-dialog.ts";
import { carryOut, confirm, openMenu } from "../dialogs/menu-dialog.ts";
import { showDialog } from "../dialogs/open-dialog.ts";
import type { Screen } from "../screen.ts";
import { textField, textOf } from "../shared/form.ts";
import { type MemberAct, memberActs } from "./member-acts.ts";

interface About {
  readonly room: Conversation;
  readonly member: Member;
  /** Where one comes from. */
  readonly panel: PanelDialog;
}

/** Opens what can be done about a member. */
export function openMember(screen: Screen, about: About): void {
  const { me, conversations } = screen.store.get();
  const { room, member, panel } = about;
  const mine = conversations.get(room.key)?.role;
  const isMe = member.id === me?.id;
  const acts = isMe ? [] : memberActs(mine, member.role);
  const role = `${member.username} is ${roleNames[member.role]} of #${room.title}.`;
  openMenu(screen, {
    title: member.username,
    lines: [isMe ? `${role} That is you.` : role],
    items: [
      ...acts.map((act) => itemOf[act](screen, about)),
      { letter: "c", label: "Close", run: () => showDialog(screen, panel) },
    ],
    back: panel,
  });
}

const roleNames: Readonly<Record<RoomRole, string>> = {
  owner: "an owner",
  moderator: "a moderator",
  member: "a member",
};

type Item = (screen: Screen, about: About) => MenuItem;

const itemOf: Readonly<Record<MemberAct, Item>> = {
  write: (screen, { member }) => ({
    letter: "w",
    label: `Write to ${member.username}`,
    hint: "/msg",
    run() {
      showDialog(screen, noDialog);
      screen.actions.openDirect(member.id, member.username);
    },
  }),
  moderate: (screen, about) => roleItem(screen, about, { letter: "m", role: "moderator" }),
  own: (screen, about) => roleItem(screen, about, { letter: "o", role: "owner" }),
  demote: (screen, about) => roleItem(screen, about, { letter: "p", role: "member" }),
  transfer: transferItem,
  kick: (screen, { room, member, panel }) => ({
    letter: "k",
    label: `Remove ${member.username} from the room`,
    hint: "/kick",
    run: () =>
      void carryOut(screen, {
        run: () => screen.actions.kick(roomIdOf(room), member.id),
        said: `${member.username} is out of #${room.title} and may join again.`,
        back: panel,
      }),
  }),
  ban: (screen, about) => ({
    letter: "b",
    label: `Ban ${about.member.username} from the room…`,
    hint: "/ban",
    run: () => openForm(screen, banSpec(screen, about), [reasonField], about.panel),
  }),
};

function roleItem(
  screen: Screen,
  { room, member, panel }: About,
  { letter, role }: { readonly letter: string; readonly role: RoomRole },
): MenuItem {
  return {
    letter,
    label: `Make ${member.username} ${roleNames[role]}`,
    hint: `/role NAME ${role}`,
    run: () =>
      void carryOut(screen, {
        run: () => screen.actions.setMemberRole(roomIdOf(room), member.id, role),
        said: `${member.username} is ${roleNames[role]} of #${room.title} now.`,
        back: panel,
      }),
  };
}

function transferItem(screen: Screen, { room, member, panel }: About): MenuItem {
  const { username } = member;
  const handOver = () =>
    void carryOut(screen, {
      run: () => screen.actions.transferOwnership(roomIdOf(room), member.id),
      said: `${username} owns #${room.title} now; you are a moderator.`,
      back: panel,
    });
  return {
    letter: "t",
    label: `Hand the room over to ${username}…`,
    hint: "/transfer",
    run: () =>
      confirm(screen, {
        title: `Hand #${room.title} over?`,
        warning: `You will be a moderator, and only ${username} can make you an owner again.`,
        yes: `Yes, ${username} is to own #${room.title}`,
        back: panel,
        run: handOver,
      }),
  };
}

const reasonField = textField({
  name: "reason",
  label: "Reason",
  hint: "optional",
  limitBytes: limits.descriptionChars,
});

const banSpec = ({ actions }: Pick<Screen, "actions">, { room, member }: About): FormSpec => ({
  title: `Ban ${member.username} from #${room.title}`,
  submit: "ban",
  busy: "One moment…",
  about: () =>
    "They are removed and cannot come back, by invitation neither, until they are unbanned. The room sees the reason.",
  async run(form) {
    const outcome = await actions.ban(roomIdOf(room), member.id, textOf(form, "reason").trim());
    if (!outcome.ok) return outcome;
    return { ok: true, value: { said: `${member.username} is kept out of #${room.title}.` } };
  },
});
