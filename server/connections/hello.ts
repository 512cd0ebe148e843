import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { EventOf } from "@lair-chat/protocol/registry.ts";
import { checkParams, type Strictness } from "@lair-chat/protocol/validate.ts";
import {
  type Feature,
  isSpokenVersion,
  PROTOCOL_VERSION,
  SERVER_FEATURES,
  SERVER_NAME,
} from "@lair-chat/protocol/version.ts";

/** What the server says first. */
export const serverHello: EventOf<"server_hello"> = {
  type: "server_hello",
  version: PROTOCOL_VERSION,
  server_name: SERVER_NAME,
  features: [...SERVER_FEATURES],
  encryption_required: false,
};

/** How a client will be served. */
export interface Manner {
  readonly strictness: Strictness;
  /** What it can do of what the server offers; nothing of it for clients of 1.x. */
  readonly features: ReadonlySet<Feature>;
}

export const mannerOf1x: Manner = { strictness: "lenient", features: new Set() };

/**
 * How a client will be served, by what it says of itself.
 * @throws ChatError `version_mismatch` or `validation_failed`
 */
export function readHello(params: Readonly<Record<string, unknown>>): Manner {
  const { version, features = [] } = checkParams("client_hello", params, "lenient");
  if (!isSpokenVersion(version)) throw new ChatError("version_mismatch");
  if (!features.includes("client_ids")) return mannerOf1x;
  return {
    strictness: "strict",
    features: new Set(SERVER_FEATURES.filter((feature) => features.includes(feature))),
  };
}
