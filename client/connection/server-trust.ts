import { fromBase64, toBase64 } from "@lair-chat/protocol/handshake/base64.ts";
import { fingerprintOf } from "@lair-chat/protocol/handshake/fingerprint.ts";
import { HandshakeError } from "@lair-chat/protocol/handshake/handshake-error.ts";
import { KEY_BYTES } from "@lair-chat/protocol/handshake/primitives.ts";
import { ConnectionError } from "./connection-error.ts";
import { certificateTrouble, isSelfMade } from "./network-error.ts";
import type { NoiseKeys } from "./noise-keys.ts";
import type { PinnedServer, PinnedServers } from "./pinned-server.ts";

/** What a server shows in the TLS handshake. */
export interface ShownCertificate {
  /** Where it was shown: one server has it on both its ports. */
  readonly at: string;
  readonly fingerprint: string;
  /** Why no authority vouches for it, by the system's name for that; undefined where one does. */
  readonly trouble: string | undefined;
}

/** Judges what a server shows before anything is sent to it. */
export interface CertificateJudge {
  /** @throws ConnectionError for one that may not be trusted */
  checkCertificate(shown: ShownCertificate): Promise<void>;
}

export interface ServerTrustOptions {
  /** HOST:PORT, the name it is remembered by. */
  readonly server: string;
  readonly pins: PinnedServers;
  /** Taken from the command line. */
  readonly given: GivenTrust;
  /** Whether a Noise key nobody vouches for is taken on first use: on this machine, or if told to. */
  readonly takesNoiseKey: "silently" | "with_a_word" | "never";
  /** Whether a certificate nobody has signed is taken on first use too. */
  readonly takesCertificate: boolean;
  /** Gets the Noise key over HTTPS; undefined where that cannot tell. @throws ConnectionError */
  readonly learnNoiseKey:
    | ((judge: CertificateJudge) => Promise<Uint8Array | undefined>)
    | undefined;
  /** Something the person should know. */
  warn(text: string): void;
}

export interface GivenTrust {
  readonly fingerprint: string | undefined;
  readonly noiseKey: Uint8Array | undefined;
}

/**
 * Decides whether the other side is the server it should be, as SSH does it: what was once trusted is
 * remembered and must stay; what is new is for the person to judge.
 */
export class ServerTrust implements CertificateJudge {
  readonly #options: ServerTrustOptions;
  readonly #accepted = new Set<string>();

  constructor(options: ServerTrustOptions) {
    this.#options = options;
    if (options.given.fingerprint !== undefined) this.#accepted.add(options.given.fingerprint);
  }

  /** The person has seen this fingerprint and trusts it. */
  accept(fingerprint: string): void {
    this.#accepted.add(fingerprint);
  }

  async checkCertificate({ at, fingerprint, trouble }: ShownCertificate): Promise<void> {
    const { server, pins, given } = this.#options;
    if (trouble === undefined && given.fingerprint === undefined) return;
    const pinned = (await pins.get(server))?.certificate;
    if (pinned === fingerprint) return;
    if (trouble !== undefined && pinned !== undefined) {
      throw this.#changed("certificate_changed", at, { known: pinned, shown: fingerprint });
    }
    if (this.#accepted.has(fingerprint)) {
      if (trouble !== undefined) await this.#keep({ certificate: fingerprint }, at);
      return;
    }
    if (given.fingerprint !== undefined) {
      throw new ConnectionError("other_fingerprint", at, { detail: fingerprint });
    }
    if (!isSelfMade(trouble)) throw certificateTrouble(trouble ?? "", at);
    if (this.#options.takesCertificate) {
      this.#options.warn(`--insecure: the certificate of ${at} was taken unseen: ${fingerprint}`);
      await this.#keep({ certificate: fingerprint }, at);
      return;
    }
    throw new ConnectionError("unknown_certificate", at, { detail: fingerprint });
  }

  /**
   * What a Noise handshake with this server goes by. Looked up before each connection, so that the
   * answer to its hello needs no waiting.
   * @throws ConnectionError
   */
  async noiseKeys(): Promise<NoiseKeys> {
    const pinned = this.#pinnedKey(await this.#options.pins.get(this.#options.server));
    const known = pinned ?? this.#options.given.noiseKey ?? (await this.#learnt());
    return {
      choose: (at, shown) => this.#choose(at, shown, { pinned, known }),
      keep: async (at, key) => {
        if (pinned === undefined) await this.#keep({ noiseKey: toBase64(key) }, at);
      },
    };
  }

  #pinnedKey(server: PinnedServer | undefined): Uint8Array | undefined {
    const { given } = this.#options;
    if (server?.noiseKey === undefined) return undefined;
    const pinned = fromBase64(server.noiseKey, KEY_BYTES);
    if (given.noiseKey !== undefined && !isSame(pinned, given.noiseKey)) {
      const fingerprints = { known: fingerprintOf(pinned), shown: fingerprintOf(given.noiseKey) };
      throw this.#changed("given_key_differs", this.#options.server, fingerprints);
    }
    return pinned;
  }

  /** What HTTPS says, unless there is another way for those who cannot ask there. */
  async #learnt(): Promise<Uint8Array | undefined> {
    const { learnNoiseKey, takesNoiseKey } = this.#options;
    try {
      return await learnNoiseKey?.(this);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      if (error.kind === "certificate_changed") throw error;
      // A certificate the person can judge comes before a key that nobody vouches for.
      if (takesNoiseKey === "never" && error.kind === "unknown_certificate") throw error;
      return undefined;
    }
  }

  #choose(
    at: string,
    shown: Uint8Array,
    { pinned, known }: { pinned: Uint8Array | undefined; known: Uint8Array | undefined },
  ): Uint8Array {
    const fingerprint = fingerprintOf(shown);
    if (known !== undefined) {
      if (isSame(known, shown)) return known;
      const kind = pinned === undefined ? "noise_key_differs" : "noise_key_changed";
      throw this.#changed(kind, at, { known: fingerprintOf(known), shown: fingerprint });
    }
    if (this.#accepted.has(fingerprint)) return shown;
    const { takesNoiseKey } = this.#options;
    if (takesNoiseKey === "never") {
      throw new ConnectionError("unknown_noise_key", at, { detail: fingerprint });
    }
    if (takesNoiseKey === "with_a_word") {
      this.#options.warn(`--insecure: the key of ${at} was taken unseen: ${fingerprint}`);
    }
    return shown;
  }

  /** @throws ConnectionError where another window has met another server meanwhile */
  async #keep(pin: PinnedServer, at: string): Promise<void> {
    const { server, pins } = this.#options;
    const kept = await pins.add(server, pin);
    const isKept =
      (pin.certificate ?? kept.certificate) === kept.certificate &&
      (pin.noiseKey ?? kept.noiseKey) === kept.noiseKey;
    // The next try finds what that window has trusted, and says what is wrong.
    if (!isKept) throw new ConnectionError("lost", at);
  }

  #changed(
    kind: "certificate_changed" | "noise_key_changed" | "noise_key_differs" | "given_key_differs",
    at: string,
    { known, shown }: { known: string; shown: string },
  ): ConnectionError {
    const forget = `lair-chat-client --forget-server ${this.#options.server}`;
    const detail = `Expected: ${known}. Now: ${shown}. If the operator of the server confirms the new one: ${forget}`;
    return new ConnectionError(kind, at, { detail });
  }
}

/**
 * A key as it is given by a person or a server.
 * @throws HandshakeError
 */
export const readNoiseKey = (text: string): Uint8Array => fromBase64(text.trim(), KEY_BYTES);

/** The key, or undefined for what is none. */
export function noiseKeyIn(value: unknown): Uint8Array | undefined {
  if (typeof value !== "string") return undefined;
  try {
    return readNoiseKey(value);
  } catch (error) {
    if (error instanceof HandshakeError) return undefined;
    throw error;
  }
}

/** Public keys: no secret depends on how long it takes. */
const isSame = (a: Uint8Array, b: Uint8Array): boolean => toBase64(a) === toBase64(b);
