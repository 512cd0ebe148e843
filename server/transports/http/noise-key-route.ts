import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { FastifyInstance } from "fastify";
import { prefix, refuseOtherMethods } from "./routes.ts";

/** The public key that clients know the server by on a chat port without TLS. */
export interface PublishedNoiseKey {
  /** Base64. */
  readonly key: string;
  /** As people compare it. */
  readonly fingerprint: string;
}

export interface NoiseKeyDeps {
  /** Undefined where the chat port offers no Noise. */
  readonly noiseKey?: PublishedNoiseKey | undefined;
}

export const noiseKeyUrl = `${prefix}/noise-key`;

/** Where the key is published; worth as much as the connection it is asked for on. */
export function addNoiseKeyRoute(app: FastifyInstance, { noiseKey }: NoiseKeyDeps): void {
  app.route({
    method: ["GET", "HEAD"],
    url: noiseKeyUrl,
    handler: async () => {
      if (noiseKey === undefined) throw new ChatError("not_found");
      return { noise_key: noiseKey.key, fingerprint: noiseKey.fingerprint };
    },
  });
  refuseOtherMethods(app, noiseKeyUrl, ["GET", "HEAD"]);
}
