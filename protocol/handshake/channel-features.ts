/** What both hellos call the ways of sealing a connection that the transport leaves open. */
export const channelFeatures = {
  /** Noise NK, against a key that the client knows beforehand. */
  noise: "noise",
  /** The exchange of Lair Chat 1.x, which checks nobody's identity. */
  keyExchange: "encryption",
} as const;
