import { createHash, type KeyObject } from "node:crypto";

/**
 * The key of a certificate as people compare it, and as the server prints it: the SHA-256 of its
 * SubjectPublicKeyInfo. A renewed certificate with the same key has the same one.
 */
export function certificateFingerprint(publicKey: KeyObject): string {
  const digest = createHash("sha256").update(publicKey.export({ type: "spki", format: "der" }));
  return `SHA256:${digest.digest("base64").replace(/=+$/, "")}`;
}
