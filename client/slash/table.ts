import { create } from "./create.ts";
import { help } from "./help.ts";
import { join } from "./join.ts";
import { leave } from "./leave.ts";
import { logout } from "./logout.ts";
import { members } from "./members.ts";
import { msg } from "./msg.ts";
import { quit } from "./quit.ts";
import { rooms } from "./rooms.ts";
import type { SlashCommand } from "./slash-command.ts";
import { users } from "./users.ts";
import { who } from "./who.ts";

/** Every command, in the order of the help. */
export const slashCommands: readonly SlashCommand[] = [
  help,
  join,
  create,
  leave,
  msg,
  rooms,
  users,
  members,
  who,
  logout,
  quit,
];
