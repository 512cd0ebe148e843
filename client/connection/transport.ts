import type { PayloadSealer } from "@lair-chat/protocol/handshake/sealed-frames.ts";
import type { ConnectionError } from "./connection-error.ts";
import type { NoiseKeys } from "./noise-keys.ts";

export interface TransportListener {
  /** One whole message. The bytes are valid only during the call. */
  onPayload(payload: Uint8Array): void;
  /** Once, and the last thing said; after it nothing can be sent. */
  onClose(reason: ConnectionError): void;
}

/** A transport that protects nothing by itself, and sends nothing before it is sealed. */
export interface Sealable {
  readonly kind: "noise";
  readonly keys: NoiseKeys;
  /** Sends what makes the channel, for everybody to read. */
  sendOpen(payload: Uint8Array): void;
  /** From now on every message is sealed, in both directions. */
  seal(sealer: PayloadSealer): void;
}

/** What keeps others from reading along; `none` only on this machine. */
export type Protection = { readonly kind: "tls" | "none" } | Sealable;

/** A way to carry messages to and from the server, whatever is underneath. */
export interface Transport {
  /** Where it leads, as a person writes it. */
  readonly at: string;
  readonly protection: Protection;
  /** Starts the reading; called once. */
  listen(listener: TransportListener): void;
  /** Sends one message; does nothing once closed. */
  send(text: string): void;
  /** Ends it; `reason` is what the listener hears. */
  close(reason: ConnectionError): void;
}
