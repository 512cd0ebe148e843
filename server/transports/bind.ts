import { once } from "node:events";
import type { Server } from "node:net";

export interface BoundAddress {
  readonly address: string;
  readonly port: number;
}

/** Starts to listen. @throws the system's error, for instance EADDRINUSE */
export async function bind(
  server: Server,
  where: { readonly host: string; readonly port: number },
): Promise<BoundAddress> {
  server.listen({ host: where.host, port: where.port });
  await once(server, "listening");
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("not bound to an IP address");
  return { address: bound.address, port: bound.port };
}
