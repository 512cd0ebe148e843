import { accept } from "./accept.ts";
import { admin } from "./admin.ts";
import { ban } from "./ban.ts";
import { bans } from "./bans.ts";
import { block } from "./block.ts";
import { blocked } from "./blocked.ts";
import { create } from "./create.ts";
import { decline } from "./decline.ts";
import { deleteLast } from "./delete.ts";
import { deleteRoom } from "./delete-room.ts";
import { edit } from "./edit.ts";
import { help } from "./help.ts";
import { invitations } from "./invitations.ts";
import { invite } from "./invite.ts";
import { join } from "./join.ts";
import { kick } from "./kick.ts";
import { leave } from "./leave.ts";
import { logout } from "./logout.ts";
import { manage } from "./manage.ts";
import { members } from "./members.ts";
import { menu } from "./menu.ts";
import { msg } from "./msg.ts";
import { password } from "./password.ts";
import { makePrivate } from "./private.ts";
import { profile } from "./profile.ts";
import { makePublic } from "./public.ts";
import { quit } from "./quit.ts";
import { rename } from "./rename.ts";
import { reply } from "./reply.ts";
import { role } from "./role.ts";
import { rooms } from "./rooms.ts";
import { select } from "./select.ts";
import { sent } from "./sent.ts";
import { settings } from "./settings.ts";
import type { SlashCommand } from "./slash-command.ts";
import { topic } from "./topic.ts";
import { transfer } from "./transfer.ts";
import { unban } from "./unban.ts";
import { unblock } from "./unblock.ts";
import { uninvite } from "./uninvite.ts";
import { users } from "./users.ts";
import { who } from "./who.ts";

/** Every command, in the order of the help. */
export const slashCommands: readonly SlashCommand[] = [
  help,
  menu,
  join,
  create,
  leave,
  msg,
  rooms,
  users,
  members,
  who,
  reply,
  select,
  edit,
  deleteLast,
  invite,
  uninvite,
  sent,
  invitations,
  accept,
  decline,
  settings,
  topic,
  rename,
  makePrivate,
  makePublic,
  manage,
  role,
  transfer,
  kick,
  ban,
  unban,
  bans,
  deleteRoom,
  block,
  unblock,
  blocked,
  profile,
  password,
  logout,
  admin,
  quit,
];
