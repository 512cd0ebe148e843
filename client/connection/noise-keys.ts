/** Which static key a server must have. */
export interface NoiseKeys {
  /**
   * The key to demand the proof of, where the hello shows this one.
   * @throws ConnectionError if it may not be trusted
   */
  choose(at: string, shown: Uint8Array): Uint8Array;
  /** The server has proven that it has the key: it is remembered. @throws ConnectionError */
  keep(at: string, key: Uint8Array): Promise<void>;
}
