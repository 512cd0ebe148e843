import { createHash, createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";

/** A certificate with its chain and its private key, both PEM and found to belong together. */
export interface CertificatePair {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Of the public key, in the form that SSH uses; what clients pin and people compare. */
  readonly fingerprint: string;
  /** Milliseconds since the epoch, as is the next. */
  readonly validFrom: number;
  readonly validTo: number;
}

/** @throws Error that says what is wrong, without anything of the key */
export function readCertificatePair(files: {
  readonly certPath: string;
  readonly keyPath: string;
}): CertificatePair {
  const cert = readFileSync(files.certPath);
  const key = readFileSync(files.keyPath);
  const certificate = parsed(files.certPath, () => new X509Certificate(cert));
  const privateKey = parsed(files.keyPath, () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new Error(`${files.keyPath} is not the key of ${files.certPath}`);
  }
  return {
    cert,
    key,
    fingerprint: fingerprintOf(certificate.publicKey),
    validFrom: certificate.validFromDate.getTime(),
    validTo: certificate.validToDate.getTime(),
  };
}

function fingerprintOf(publicKey: KeyObject): string {
  const bytes = publicKey.export({ type: "spki", format: "der" });
  return `SHA256:${createHash("sha256").update(bytes).digest("base64").replace(/=+$/, "")}`;
}

function parsed<T>(path: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new Error(`${path} is no PEM file that can be used`, { cause });
  }
}
