import type { RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import type { Actions, Outcome, SentInvitation } from "../actions/actions.ts";
import { failed } from "../actions/outcome.ts";
import { report } from "./report.ts";
import { demandRoomAndPerson } from "./room-and-person.ts";
import type { SlashCommand } from "./slash-command.ts";

export const uninvite = {
  name: "uninvite",
  usage: "/uninvite NAME",
  summary: "Take back your invitation of somebody to the room on screen",
  completes: "people",
  async run(context, argument) {
    const wanted = await demandRoomAndPerson(context, argument, uninvite.usage);
    if (wanted === undefined) return;
    const { room, person } = wanted;
    const { actions, screen } = context;
    const found = await find(actions, room.id, person.id);
    if (!found.ok) return report(screen, found, "");
    const outcome = await actions.cancelInvitation(found.value.id);
    report(screen, outcome, `The invitation of ${person.username} is taken back.`);
  },
} satisfies SlashCommand;

/** Invitations looked at: the open ones are among the newest. */
const LOOKED_AT = 500;

async function find(
  { listSentInvitations }: Pick<Actions, "listSentInvitations">,
  room: RoomId,
  invitee: UserId,
): Promise<Outcome<SentInvitation>> {
  for (let offset = 0; offset < LOOKED_AT; ) {
    const page = await listSentInvitations(offset);
    if (!page.ok) return page;
    const { items, total } = page.value;
    const found = items.find(
      (one) => one.status === "pending" && one.room_id === room && one.invitee_id === invitee,
    );
    if (found !== undefined) return { ok: true, value: found };
    offset += items.length;
    if (items.length === 0 || offset >= total) break;
  }
  return failed("No invitation of yours to this room waits for an answer from them.");
}
