import type { ConnectionError } from "./connection-error.ts";

export interface TransportListener {
  /** One whole message. The bytes are valid only during the call. */
  onPayload(payload: Uint8Array): void;
  /** Once, and the last thing said; after it nothing can be sent. */
  onClose(reason: ConnectionError): void;
}

/** A way to carry messages to and from the server, whatever is underneath. */
export interface Transport {
  /** Where it leads, as a person writes it. */
  readonly at: string;
  readonly security: "plaintext" | "tls";
  /** Starts the reading; called once. */
  listen(listener: TransportListener): void;
  /** Sends one message; does nothing once closed. */
  send(text: string): void;
  /** Ends it; `reason` is what the listener hears. */
  close(reason: ConnectionError): void;
}
