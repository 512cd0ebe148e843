import {
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  randomBytes,
} from "node:crypto";

/** The cryptography of a 1.x client, made of node:crypto alone so that it shares nothing with what it tests. */
export class OldCrypto {
  readonly #keys = generateKeyPairSync("x25519");
  #key = Buffer.alloc(0);

  get publicKey(): string {
    return this.#keys.publicKey.export({ format: "raw-public" }).toString("base64");
  }

  take(serverKey: string): void {
    const publicKey = createPublicKey({
      key: Buffer.from(serverKey, "base64"),
      format: "raw-public",
      asymmetricKeyType: "x25519",
    });
    this.#key = diffieHellman({ privateKey: this.#keys.privateKey, publicKey });
  }

  seal(payload: Uint8Array): Uint8Array {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce);
    return Buffer.concat([nonce, cipher.update(payload), cipher.final(), cipher.getAuthTag()]);
  }

  open(sealed: Uint8Array): Uint8Array {
    const bytes = Buffer.from(sealed);
    const decipher = createDecipheriv("aes-256-gcm", this.#key, bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(-16));
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
  }
}
