import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { EventOf } from "@lair-chat/protocol/registry.ts";
import { checkParams, type Strictness } from "@lair-chat/protocol/validate.ts";
import {
  FEATURES,
  isSpokenVersion,
  PROTOCOL_VERSION,
  SERVER_NAME,
} from "@lair-chat/protocol/version.ts";

/** What the server says first. */
export const serverHello: EventOf<"server_hello"> = {
  type: "server_hello",
  version: PROTOCOL_VERSION,
  server_name: SERVER_NAME,
  features: [...FEATURES],
  encryption_required: false,
};

/**
 * How a client will be served, by what it says of itself.
 * @throws ChatError `version_mismatch` or `validation_failed`
 */
export function readHello(params: Readonly<Record<string, unknown>>): Strictness {
  const { version, features = [] } = checkParams("client_hello", params, "lenient");
  if (!isSpokenVersion(version)) throw new ChatError("version_mismatch");
  return features.includes("client_ids") ? "strict" : "lenient";
}
