import type { PinnedServer, PinnedServers } from "../pinned-server.ts";
import { ServerTrust, type ServerTrustOptions } from "../server-trust.ts";
import type { TcpProtection } from "../tcp-transport.ts";

export const server = "chat.example:8080";

/** What is remembered, for as long as a test runs. */
export interface RememberedServers extends PinnedServers {
  readonly known: Map<string, PinnedServer>;
}

export function rememberedServers(...entries: [string, PinnedServer][]): RememberedServers {
  const known = new Map(entries);
  return {
    known,
    get: async (name) => known.get(name),
    async add(name, pin) {
      const kept = { ...pin, ...known.get(name) };
      known.set(name, kept);
      return kept;
    },
  };
}

/** The judgement of a client that nobody has told anything. */
export function trustOf(options: Partial<ServerTrustOptions> = {}): ServerTrust {
  return new ServerTrust({
    server,
    pins: rememberedServers(),
    given: { fingerprint: undefined, noiseKey: undefined },
    takesNoiseKey: "never",
    takesCertificate: false,
    learnNoiseKey: undefined,
    warn: () => undefined,
    ...options,
  });
}

/** TLS, believing a certificate beside the usual ones. */
export const tls = (ca?: string, trust = trustOf()): TcpProtection => ({
  kind: "tls",
  trust: { ca, judge: trust },
});

/** Noise with whoever it is, as on this machine. */
export async function noise(
  trust = trustOf({ takesNoiseKey: "silently" }),
): Promise<TcpProtection> {
  return { kind: "noise", keys: await trust.noiseKeys() };
}
