import { ChatError } from "@lair-chat/protocol/errors.ts";
import { toBase64 } from "@lair-chat/protocol/handshake/base64.ts";
import { channelFeatures } from "@lair-chat/protocol/handshake/channel-features.ts";
import type { KeyPair } from "@lair-chat/protocol/handshake/primitives.ts";
import type { EventOf } from "@lair-chat/protocol/registry.ts";
import { checkParams, type Strictness } from "@lair-chat/protocol/validate.ts";
import {
  type Feature,
  isSpokenVersion,
  PROTOCOL_VERSION,
  SERVER_FEATURES,
  SERVER_NAME,
} from "@lair-chat/protocol/version.ts";

/** The ways in which clients may have a plaintext transport sealed. */
export interface SealingWays {
  /** The server's static key pair; undefined where Noise is switched off. */
  readonly noise: KeyPair | undefined;
  /** Whether the exchange of Lair Chat 1.x is taken. */
  readonly keyExchange: boolean;
}

/** What the server says first, with the ways of sealing it offers on this connection. */
export function serverHello(ways?: SealingWays): EventOf<"server_hello"> {
  const noise = ways?.noise;
  const features = [
    ...SERVER_FEATURES,
    ...(noise === undefined ? [] : [channelFeatures.noise]),
    ...(ways?.keyExchange === true ? [channelFeatures.keyExchange] : []),
  ];
  return {
    type: "server_hello",
    version: PROTOCOL_VERSION,
    server_name: SERVER_NAME,
    features,
    encryption_required: false,
    ...(noise === undefined ? {} : { noise_key: toBase64(noise.publicKey) }),
  };
}

/** How a client will be served. */
export interface Manner {
  readonly strictness: Strictness;
  /** What it can do of what the server offers; nothing of it for clients of 1.x. */
  readonly features: ReadonlySet<Feature>;
}

export const mannerOf1x: Manner = { strictness: "lenient", features: new Set() };

/** What a client says of itself. */
export interface ClientHello {
  readonly manner: Manner;
  /** All the features it names, those of the channel too. */
  readonly named: readonly string[];
}

/** @throws ChatError `version_mismatch` or `validation_failed` */
export function readHello(params: Readonly<Record<string, unknown>>): ClientHello {
  const { version, features: named = [] } = checkParams("client_hello", params, "lenient");
  if (!isSpokenVersion(version)) throw new ChatError("version_mismatch");
  if (!named.includes("client_ids")) return { manner: mannerOf1x, named };
  const features = new Set(SERVER_FEATURES.filter((feature) => named.includes(feature)));
  return { manner: { strictness: "strict", features }, named };
}
