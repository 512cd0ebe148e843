import type { Endpoint } from "./address.ts";
import type { ServerTrust } from "./server-trust.ts";
import type { TlsTrust } from "./socket.ts";
import { openTcp, type TcpOptions } from "./tcp-transport.ts";
import type { Transport } from "./transport.ts";
import { openWebSocket } from "./websocket-transport.ts";

export interface Reach {
  readonly endpoint: Endpoint;
  readonly trust: ServerTrust;
  /** PEM, believed beside the usual authorities. */
  readonly ca: string | undefined;
}

/**
 * Opens a connection of the kind that was chosen, to a server that is who it should be.
 * @throws ConnectionError
 */
export async function openTransport(
  { endpoint, trust, ca }: Reach,
  options: TcpOptions,
): Promise<Transport> {
  const { address, httpUrl, carrier } = endpoint;
  const tls: TlsTrust = { ca, judge: trust };
  switch (carrier) {
    case "tls":
      return await openTcp(address, { kind: "tls", trust: tls }, options);
    case "noise":
      return await openTcp(address, { kind: "noise", keys: await trust.noiseKeys() }, options);
    case "websocket":
      return await openWebSocket(httpUrl, tls, options);
  }
}
