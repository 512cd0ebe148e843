import { ChatError } from "@lair-chat/protocol/errors.ts";
import { toBase64 } from "@lair-chat/protocol/handshake/base64.ts";
import { channelFeatures } from "@lair-chat/protocol/handshake/channel-features.ts";
import type { KeyPair } from "@lair-chat/protocol/handshake/primitives.ts";
import type { EventOf } from "@lair-chat/protocol/registry.ts";
import { checkParams, type Strictness } from "@lair-chat/protocol/validate.ts";
import {
  FEATURES,
  isSpokenVersion,
  PROTOCOL_VERSION,
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
    ...FEATURES,
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

/** What a client says of itself. */
export interface ClientHello {
  readonly strictness: Strictness;
  readonly features: readonly string[];
}

/** @throws ChatError `version_mismatch` or `validation_failed` */
export function readHello(params: Readonly<Record<string, unknown>>): ClientHello {
  const { version, features = [] } = checkParams("client_hello", params, "lenient");
  if (!isSpokenVersion(version)) throw new ChatError("version_mismatch");
  return { strictness: features.includes("client_ids") ? "strict" : "lenient", features };
}
