/** What is remembered of a server, as SSH remembers its hosts. */
export interface PinnedServer {
  /** Fingerprint of the key in its certificate, if no authority vouched for that. */
  readonly certificate?: string;
  /** Its static Noise key in base64. */
  readonly noiseKey?: string;
}

/** The servers met before; a file of the person's. */
export interface PinnedServers {
  /** @throws AccountFileError */
  get(server: string): Promise<PinnedServer | undefined>;
  /**
   * Remembers what was not known yet; what is known stays. Resolves with what is remembered then.
   * @throws AccountFileError
   */
  add(server: string, pin: PinnedServer): Promise<PinnedServer>;
}
