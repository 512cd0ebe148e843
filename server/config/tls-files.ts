import { createPrivateKey, type KeyObject, randomBytes, X509Certificate } from "node:crypto";
import { hostname, networkInterfaces } from "node:os";
import path from "node:path";
import { type CertificatePair, readCertificatePair } from "../security/certificate-pair.ts";
import {
  generateCertificateKey,
  selfSignedCertificate,
} from "../security/self-signed-certificate.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import type { TlsFiles } from "./contradictions.ts";
import { type KeptFile, readKept, writeKept } from "./kept-file.ts";

type TlsConfig = Pick<Config, "tls" | "database" | "bindAddress" | "publicUrl">;

const RENEW_MS = 30 * 24 * 60 * 60 * 1000;

/** Where a certificate and its key lie, and what was found there. */
export interface TlsMaterial {
  readonly files: TlsFiles;
  readonly pair: CertificatePair;
}

/**
 * The certificate to use, if there is to be TLS: the configured one, else the one kept beside the
 * database, which is made on first run. When its time is over it gets a successor with the same key,
 * so that whoever knows the key sees no change. To be called by the one process that holds the
 * instance lock.
 * @throws ConfigError when what is there is not fit to be used
 */
export function prepareTls(config: TlsConfig, now: Date): TlsMaterial | undefined {
  if (config.tls === undefined) return undefined;
  const files = config.tls === "self-signed" ? keptFiles(config, now) : config.tls;
  try {
    return { files, pair: readCertificatePair(files) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError([`LAIR_TLS_CERT_PATH: ${reason}`], { cause });
  }
}

function keptFiles(config: TlsConfig, now: Date): TlsFiles {
  const beside = (name: string) => path.join(path.dirname(config.database.file), name);
  const keyFile = { path: beside("tls-key.pem"), setting: "LAIR_TLS_KEY_PATH" };
  const certFile = { path: beside("tls-cert.pem"), setting: "LAIR_TLS_CERT_PATH" };
  const privateKey = keptKey(keyFile);
  const kept = readKept(certFile);
  if (kept === undefined || isNearlyOver(certFile, kept, now)) {
    const request = { privateKey, hosts: hostsOf(config), now, serialNumber: randomBytes(16) };
    writeKept(certFile, selfSignedCertificate(request), "replace");
  }
  return { certPath: certFile.path, keyPath: keyFile.path };
}

function keptKey(file: KeptFile): KeyObject {
  const kept = readKept(file);
  if (kept !== undefined) return parsed(file, () => createPrivateKey(kept));
  const made = generateCertificateKey();
  writeKept(file, made.export({ type: "pkcs8", format: "pem" }).toString());
  return made;
}

function isNearlyOver(file: KeptFile, pem: string, now: Date): boolean {
  const { validToDate } = parsed(file, () => new X509Certificate(pem));
  return validToDate.getTime() - now.getTime() < RENEW_MS;
}

function parsed<T>({ path: file, setting }: KeptFile, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new ConfigError(
      [`${setting}: ${file} can't be read as PEM. Delete it to have a new one made`],
      { cause },
    );
  }
}

/** Everything that this machine may be called by. */
function hostsOf({ bindAddress, publicUrl }: TlsConfig): readonly string[] {
  const isEverywhere = bindAddress === "0.0.0.0" || bindAddress === "::";
  const own = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  const addresses = isEverywhere ? own.map(({ address }) => address) : [bindAddress];
  const outside =
    publicUrl === undefined ? [] : [new URL(publicUrl).hostname.replace(/^\[|\]$/g, "")];
  const hosts = ["localhost", hostname(), ...outside, "127.0.0.1", "::1", ...addresses];
  return [...new Set(hosts.filter((host) => /^[\w.:-]+$/.test(host)))];
}
