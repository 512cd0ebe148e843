/** A certificate with its chain, and its private key; both PEM. */
export interface TlsKeys {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}
