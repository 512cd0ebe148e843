import type { Socket } from "node:net";

/** The address at the other end; an IPv4 one as such, even where the system writes it as IPv6. */
export function plainAddress(socket: Pick<Socket, "remoteAddress">): string {
  return (socket.remoteAddress ?? "unknown").replace(/^::ffff:(?=\d+\.)/i, "");
}
