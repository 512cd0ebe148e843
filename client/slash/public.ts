import { report } from "./report.ts";
import { demandRoom } from "./room-and-person.ts";
import type { SlashCommand } from "./slash-command.ts";

export const makePublic = {
  name: "public",
  usage: "/public",
  summary: "Let everybody on this server find and join the room on screen",
  async run(context) {
    const room = demandRoom(context);
    if (room === undefined) return;
    const outcome = await context.actions.updateRoom(room.id, { isPrivate: false });
    report(
      context.screen,
      outcome,
      `#${room.title} is public now: everybody can find and join it.`,
    );
  },
} satisfies SlashCommand;
