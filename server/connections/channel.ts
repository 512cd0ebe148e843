import type { ChatError } from "@lair-chat/protocol/errors.ts";
import type { TransportName } from "../commands/handler.ts";
import type { FrameBatch } from "./frame-batch.ts";
import type { Sealable } from "./sealing-offer.ts";

/** All that a transport must supply; the rest is the same for TCP and WebSocket. */
export interface Channel {
  readonly transport: TransportName;
  /** The client's address. */
  readonly address: string;
  /** Absent where the transport is sealed already, or where nobody may have it sealed. */
  readonly sealable?: Sealable | undefined;
  /** Hands bytes to the system in as few writes as the transport allows. */
  write(batches: readonly FrameBatch[]): void;
  /** Bytes handed over and not yet taken by the system. */
  readonly unsentBytes: number;
  /** Called whenever the system has taken everything that it could not take at once. */
  onDrain(listener: () => void): void;
  /** Stops and starts reading: no payload is reported in between, so that requests cannot pile up here. */
  pause(): void;
  resume(): void;
  /** How large a payload may be from now on, in bytes and before it is sealed. */
  setMaxPayload(bytes: number): void;
  /** Reads no more, sends what is waiting and closes; what has not gone after `graceMs` is cut. */
  end(graceMs: number): void;
  /** Cuts at once. */
  destroy(): void;
}

/** What a transport reports of one channel. */
export interface ChannelEvents {
  /**
   * An access token that came with the connection itself, as Lair Chat 1.x allows: signs it in before
   * the client has said hello. At most once, and before any payload.
   */
  token(token: string): void;
  /** A sign of life that carries nothing. */
  heard(): void;
  /** One payload (without its length prefix). Its memory may be reused after the call. */
  payload(bytes: Uint8Array): void;
  /** The bytes are no frames of ours; nothing more will be read. */
  invalid(error: ChatError): void;
  /** A frame can't be opened or sealed: not a word may be said any more, and nothing that came is to be believed. */
  broken(error: unknown): void;
  /** The other side will send nothing more, but may still read. */
  ended(): void;
  /** Both directions are closed. Called once, and nothing after it. */
  closed(): void;
}
