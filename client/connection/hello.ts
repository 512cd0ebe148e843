import type { Params } from "@lair-chat/protocol/registry.ts";
import { checkEvent } from "@lair-chat/protocol/validate-incoming.ts";
import { FEATURES, isSpokenVersion, PROTOCOL_VERSION } from "@lair-chat/protocol/version.ts";
import type { JsonObject } from "@lair-chat/protocol/wire/parse-json.ts";
import { ConnectionError } from "./connection-error.ts";
import type { Transport } from "./transport.ts";

export interface OurSide {
  readonly at: string;
  readonly clientName: string;
  readonly security: Transport["security"];
}

/**
 * Our answer to the first message of the server.
 * @throws ConnectionError where the two do not fit together
 */
export function agreeOnHello(message: JsonObject, { at, clientName, security }: OurSide): object {
  const hello = checkEvent(message);
  if (hello?.type === "error") {
    throw new ConnectionError("closed", at, { detail: hello.message });
  }
  if (hello?.type !== "server_hello") {
    throw new ConnectionError("not_chat", at, { detail: "it does not begin with a hello" });
  }
  const misfit = (detail: string) => new ConnectionError("incompatible", at, { detail });
  if (!isSpokenVersion(hello.version)) {
    throw misfit(`it speaks version ${hello.version.slice(0, 16)} of the protocol, not 1.x`);
  }
  const missing = FEATURES.filter((feature) => !hello.features.includes(feature));
  if (missing.length > 0) {
    throw misfit(`it lacks ${missing.join(" and ")}. A newer server is needed`);
  }
  if (hello.encryption_required && security === "plaintext") {
    throw misfit("it demands encryption, and this connection has no TLS");
  }
  const params: Params<"client_hello"> = {
    version: PROTOCOL_VERSION,
    client_name: clientName,
    features: [...FEATURES],
  };
  return { type: "client_hello", ...params };
}
