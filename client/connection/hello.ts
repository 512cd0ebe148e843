import type { Params } from "@lair-chat/protocol/registry.ts";
import { checkEvent } from "@lair-chat/protocol/validate-incoming.ts";
import { isSpokenVersion, PROTOCOL_VERSION } from "@lair-chat/protocol/version.ts";
import type { JsonObject } from "@lair-chat/protocol/wire/parse-json.ts";
import { ConnectionError } from "./connection-error.ts";
import { noiseKeyIn } from "./server-trust.ts";
import type { Transport } from "./transport.ts";

/** What this client cannot do without. */
const NEEDED = ["client_ids", "log"] as const;
/** What it uses where the server has it. */
const WANTED = ["resume", "heads", "packed"] as const;
const NOISE = "noise";

export interface OurSide {
  readonly at: string;
  readonly clientName: string;
  readonly protection: Transport["protection"]["kind"];
}

export interface AgreedHello {
  readonly answer: { readonly type: "client_hello" } & Params<"client_hello">;
  /** What both sides use. */
  readonly features: ReadonlySet<string>;
  /** The key the server says it has; only where the channel is to be a Noise channel. */
  readonly noiseKey: Uint8Array | undefined;
}

/**
 * Our answer to the first message of the server.
 * @throws ConnectionError where the two do not fit together
 */
export function agreeOnHello(message: JsonObject, ours: OurSide): AgreedHello {
  const { at, clientName, protection } = ours;
  const features = featuresOf(message, at);
  const noiseKey = noiseKeyIn(message["noise_key"]);
  if (protection === "noise" && (noiseKey === undefined || !features.includes(NOISE))) {
    throw new ConnectionError("without_noise", at);
  }
  const isNoise = protection === "noise";
  const agreed = [
    ...NEEDED,
    ...WANTED.filter((feature) => features.includes(feature)),
    ...(isNoise ? [NOISE] : []),
  ];
  return {
    features: new Set(agreed),
    answer: {
      type: "client_hello",
      version: PROTOCOL_VERSION,
      client_name: clientName,
      features: agreed,
    },
    noiseKey: isNoise ? noiseKey : undefined,
  };
}

/** @throws ConnectionError */
function featuresOf(message: JsonObject, at: string): readonly string[] {
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
  const missing = NEEDED.filter((feature) => !hello.features.includes(feature));
  if (missing.length > 0) {
    throw misfit(`it lacks ${missing.join(" and ")}. A newer server is needed`);
  }
  return hello.features;
}
