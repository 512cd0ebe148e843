import type { ClientConfig } from "./config.ts";
import { isLoopback } from "./connection/address.ts";
import { ConnectionError } from "./connection/connection-error.ts";
import { learnNoiseKey } from "./connection/learn-noise-key.ts";
import type { PinnedServers } from "./connection/pinned-server.ts";
import { ServerTrust, type ServerTrustOptions } from "./connection/server-trust.ts";
import { AccountFileError } from "./files/account-file-error.ts";
import type { KnownServers } from "./files/known-servers.ts";

export interface TrustParts {
  readonly config: Pick<ClientConfig, "endpoint" | "trust">;
  /** HOST:PORT */
  readonly server: string;
  readonly knownServers: KnownServers;
  readonly warn: ServerTrustOptions["warn"];
}

/** Whom this client believes to be its server, by what was chosen and what is remembered. */
export function createTrust({ config, server, knownServers, warn }: TrustParts): ServerTrust {
  const { endpoint, trust } = config;
  const { httpUrl } = endpoint;
  const takesNoiseKey = isLoopback(endpoint.address.host)
    ? "silently"
    : trust.isInsecure
      ? "with_a_word"
      : "never";
  return new ServerTrust({
    server,
    pins: pinsIn(knownServers, server),
    given: trust,
    takesNoiseKey,
    // Only on this machine does the configuration let anything but Noise through with it.
    takesCertificate: trust.isInsecure && endpoint.carrier !== "noise",
    learnNoiseKey:
      httpUrl.protocol === "https:"
        ? (judge) => learnNoiseKey(httpUrl, { ca: trust.ca, judge })
        : undefined,
    warn,
  });
}

/** To a connection a file that cannot be used is one more reason why there is none. */
function pinsIn(knownServers: KnownServers, server: string): PinnedServers {
  const asConnectionError = (cause: unknown): never => {
    if (!(cause instanceof AccountFileError)) throw cause;
    throw new ConnectionError("pins_unusable", server, { detail: cause.message, cause });
  };
  return {
    get: (name) => knownServers.get(name).catch(asConnectionError),
    add: (name, pin) => knownServers.add(name, pin).catch(asConnectionError),
  };
}
