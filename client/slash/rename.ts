import { report } from "./report.ts";
import { demandRoom } from "./room-and-person.ts";
import type { SlashCommand } from "./slash-command.ts";

const USAGE = "/rename NAME";

export const rename = {
  name: "rename",
  usage: USAGE,
  summary: "Give the room on screen another name",
  async run(context, argument) {
    const room = demandRoom(context);
    if (room === undefined) return;
    const name = argument.replace(/^#/, "");
    if (name === "") return context.screen.say("error", `Say how: ${USAGE}`);
    const outcome = await context.actions.updateRoom(room.id, { name });
    report(context.screen, outcome, `The room is called #${name} now.`);
  },
} satisfies SlashCommand;
