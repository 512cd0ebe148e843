import type { RoomId } from "@lair-chat/protocol/ids.ts";
import { Session } from "../../torture/session.ts";
import type { BenchServer } from "../bench-server.ts";
import type { Person } from "../population.ts";

/** Where a room's log ends, by the log itself. */
export async function roomHead(
  { tcpPort, httpPort }: Pick<BenchServer, "tcpPort" | "httpPort">,
  { token }: Pick<Person, "token">,
  room: RoomId,
): Promise<number> {
  const silent = { event: () => undefined, closed: () => undefined };
  const session = new Session("tcp", { tcpPort, httpPort, isTls: false }, silent);
  try {
    await session.signIn(token);
    const target = { type: "room", room_id: room };
    const { head } = await session.call("get_log", { target, after: 0, limit: 1 });
    return Number(head);
  } finally {
    session.destroy();
  }
}
