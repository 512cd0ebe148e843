import type { RoomRole } from "@lair-chat/protocol/messages/shapes.ts";
import { report } from "./report.ts";
import { demandRoomAndPerson } from "./room-and-person.ts";
import type { SlashCommand } from "./slash-command.ts";

const USAGE = "/role NAME member|moderator|owner";

export const role = {
  name: "role",
  usage: USAGE,
  summary: "Change what somebody is in the room on screen",
  completes: "people",
  async run(context, argument) {
    const wanted = await demandRoomAndPerson(context, argument, USAGE);
    if (wanted === undefined) return;
    const { room, person, rest } = wanted;
    const wish = rest.toLowerCase();
    if (!isRole(wish)) return context.screen.say("error", `Say which role: ${USAGE}`);
    const outcome = await context.actions.setMemberRole(room.id, person.id, wish);
    report(context.screen, outcome, `${person.username} is ${wish} in #${room.title} now.`);
  },
} satisfies SlashCommand;

const isRole = (text: string): text is RoomRole =>
  text === "member" || text === "moderator" || text === "owner";
