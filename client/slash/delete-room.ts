import { report } from "./report.ts";
import { demandRoom } from "./room-and-person.ts";
import type { SlashCommand } from "./slash-command.ts";

const YES = "yes";

export const deleteRoom = {
  name: "deleteroom",
  usage: "/deleteroom",
  summary: "Delete the room on screen with everything in it",
  async run(context, argument) {
    const room = demandRoom(context);
    if (room === undefined) return;
    if (argument !== YES) {
      const text = `This deletes #${room.title} with everything in it, for everybody. /deleteroom ${YES} does it.`;
      return context.screen.say("error", text);
    }
    const outcome = await context.actions.deleteRoom(room.id);
    report(context.screen, outcome, `#${room.title} is deleted.`);
  },
} satisfies SlashCommand;
