import { report } from "./report.ts";
import { demandRoomAndPerson } from "./room-and-person.ts";
import type { SlashCommand } from "./slash-command.ts";

export const invite = {
  name: "invite",
  usage: "/invite NAME [TEXT]",
  summary: "Invite somebody to the room on screen",
  completes: "people",
  async run(context, argument) {
    const wanted = await demandRoomAndPerson(context, argument, invite.usage);
    if (wanted === undefined) return;
    const { room, person, rest } = wanted;
    const outcome = await context.actions.inviteToRoom(room.id, person.id, rest);
    report(
      context.screen,
      outcome,
      `${person.username} is invited to #${room.title}, for seven days.`,
    );
  },
} satisfies SlashCommand;
