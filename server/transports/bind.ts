import { once } from "node:events";
import type { Server } from "node:net";

export interface BoundAddress {
  readonly address: string;
  readonly port: number;
}

interface ListenPlace {
  readonly host: string;
  readonly port: number;
}

/** A port that could not be had, in words for the person who starts the server. */
export class ListenError extends Error {
  /** `setting` is the one that says where. */
  constructor(
    where: ListenPlace & { readonly setting: string },
    options: { readonly cause: unknown },
  ) {
    const { cause } = options;
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    const reason = reasons[code] ?? `can't be had (${code})`;
    super(`${where.setting}: ${where.host} port ${where.port} ${reason}`, options);
    this.name = "ListenError";
  }
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: "is in use. Stop what listens there, or choose another port.",
  EADDRNOTAVAIL:
    "can't be had: this machine has no such address. Choose another with LAIR_BIND_ADDRESS.",
  EACCES: "needs more rights than this user has. Choose a port from 1024 on.",
};

/** Starts to listen. @throws the system's error, for instance EADDRINUSE */
export async function bind(server: Server, where: ListenPlace): Promise<BoundAddress> {
  server.listen({ host: where.host, port: where.port });
  await once(server, "listening");
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("not bound to an IP address");
  return { address: bound.address, port: bound.port };
}
