import type { DeviceId, SessionId, UserId } from "@lair-chat/protocol/ids.ts";
import type { Role } from "@lair-chat/protocol/messages/shapes.ts";
import type {
  CommandName,
  Params,
  Result,
  SessionCommandName,
} from "@lair-chat/protocol/registry.ts";
import type { Strictness } from "@lair-chat/protocol/validate.ts";

/** A signed-in user on one device, as the database had it when it was last looked at. */
export interface Session {
  readonly id: SessionId;
  readonly userId: UserId;
  readonly username: string;
  readonly role: Role;
  readonly deviceId: DeviceId;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export type TransportName = "tcp" | "websocket" | "http";

/** Who asks, from where, and what an answer may do to the connection it came on. */
export interface Call {
  readonly session: Session | undefined;
  /** The client's address; what limits are counted by. */
  readonly address: string;
  readonly transport: TransportName;
  readonly strictness: Strictness;
  /** What only the two ends of a channel sealed by Noise know of it; undefined on every other. */
  readonly channelBinding?: string | undefined;
  /** Binds the connection to a session, before the reply goes out. Over HTTP it does nothing. */
  signIn(session: Session): Promise<void>;
  /** Closes the connection after the reply. Over HTTP it does nothing. */
  signOut(): void;
}

export type SignedInCall = Call & { readonly session: Session };
export type CallOf<N extends CommandName> = N extends SessionCommandName ? SignedInCall : Call;

/**
 * Does what a command says. Parameters are valid already; it throws ChatError for every answer that
 * is not the hoped-for one, and never sees a socket, a request id or a frame.
 * What it does up to its first `await` happens in the order in which requests arrive.
 */
export type Handler<N extends CommandName> = (
  call: CallOf<N>,
  params: Params<N>,
) => Promise<Result<N>> | Result<N>;

/** Commands that are answered by a handler; the hello and the handshakes belong to the connection itself. */
export type HandledCommand = Exclude<
  CommandName,
  "client_hello" | "noise_handshake" | "key_exchange"
>;
/** One handler per command: a missing or misspelt one does not compile. */
export type Handlers = { readonly [N in HandledCommand]: Handler<N> };
