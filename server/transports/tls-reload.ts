import { unwatchFile, watchFile } from "node:fs";
import type { ConnectionLog } from "../connections/connection-log.ts";
import { type CertificatePair, readCertificatePair } from "../security/certificate-pair.ts";

export interface TlsReloadDeps {
  readonly files: { readonly certPath: string; readonly keyPath: string };
  /** Uses the keys for all handshakes from now on. */
  readonly apply: (pair: CertificatePair) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Pick<ConnectionLog, "info" | "warn">;
  /** How often the files are looked at. */
  readonly everyMs?: number;
}

const EVERY_MS = 5_000;

/**
 * Uses a renewed certificate without a restart. The files are looked at now and then, because not every
 * file system tells of changes. What is no good is left aside: the certificate in use stays.
 */
export class TlsReload implements Disposable {
  readonly #deps: TlsReloadDeps;
  #inUse: CertificatePair;
  readonly #changed = () => this.reload();

  constructor(inUse: CertificatePair, deps: TlsReloadDeps) {
    this.#deps = deps;
    this.#inUse = inUse;
    const options = { interval: deps.everyMs ?? EVERY_MS, persistent: false };
    for (const file of this.#paths()) watchFile(file, options, this.#changed);
  }

  /** Reads the files again, and uses what they hold unless that is no good. */
  reload(): void {
    const { files, log, apply } = this.#deps;
    try {
      const pair = readCertificatePair(files);
      if (pair.cert.equals(this.#inUse.cert) && pair.key.equals(this.#inUse.key)) return;
      this.#checkTimes(pair);
      apply(pair);
      this.#inUse = pair;
      log.info({ fingerprint: pair.fingerprint }, "another certificate is in use now");
    } catch (error) {
      log.warn({ err: error }, "the certificate could not be renewed; the old one stays in use");
    }
  }

  [Symbol.dispose](): void {
    for (const file of this.#paths()) unwatchFile(file, this.#changed);
  }

  #paths(): readonly string[] {
    const { certPath, keyPath } = this.#deps.files;
    return [certPath, keyPath];
  }

  #checkTimes({ validFrom, validTo }: CertificatePair): void {
    const now = this.#deps.now();
    if (now >= validFrom && now <= validTo) return;
    throw new Error(`${this.#deps.files.certPath} is not valid now`);
  }
}
