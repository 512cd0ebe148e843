import { limits as wireLimits } from "@lair-chat/protocol/limits.ts";
import type { Strictness } from "@lair-chat/protocol/validate.ts";

/** What one connection, and all of them together, are held to. Times are milliseconds. */
export type ConnectionLimits = Readonly<Record<keyof typeof defaults, number>>;

const { frameBytes, frameBytesBeforeSignIn, jsonDepth, jsonTokens, requestsInFlight } = wireLimits;
const { framesBeforeSignIn, badRequestsBeforeSignIn, badRequestsPerMinute } = wireLimits;
const { framesPerSecond, framesBurst, refusedFramesPerMinute } = wireLimits;
const { helloMs, signInMs, legacySignInMs, idleMs, resumingIdleMs, serverSilenceMs } = wireLimits;
const { outboxLagBytes, outboxBytes, outboxStallMs, headsMs } = wireLimits;

const defaults = {
  frameBytes,
  frameBytesBeforeSignIn,
  jsonDepth,
  jsonTokens,
  requestsInFlight,
  framesBeforeSignIn,
  badRequestsBeforeSignIn,
  badRequestsPerMinute,
  framesPerSecond,
  framesBurst,
  refusedFramesPerMinute,
  helloMs,
  signInMs,
  legacySignInMs,
  idleMs,
  resumingIdleMs,
  outboxLagBytes,
  outboxBytes,
  outboxStallMs,
  headsMs,
  /** Bytes waiting to be read by a client, above which its next requests wait too. */
  replyBacklogBytes: 256 * 1024,
  /** Requests that may wait for those in flight, where a transport cannot stop at once. */
  waitingRequests: 256,
  /** How long a closed connection may take to read its last bytes. */
  closeGraceMs: 3_000,
  /** How often the deadlines of all connections are looked at. */
  sweepMs: 1_000,
  /** How often it is asked whether a connection's session still lives. */
  recheckMs: 60_000,
  /** How long before its end a connection is told that its session ends. */
  expiringMs: 5 * 60_000,
  maxConnections: 10_000,
  maxConnectionsPerAddress: 64,
  /** Connections that have not signed in, from one network (an IPv4 /24, an IPv6 /56). */
  maxSigningInPerNetwork: 100,
  /** One more is refused, unless one of them has been silent for `halfOpenMs`: that one goes. */
  maxConnectionsPerUser: 10,
  /** Silence of a connection that is most likely dead: every client that lives sends a ping before. */
  halfOpenMs: serverSilenceMs,
};

/** How long after it was opened a connection may be without a session, by what its client has said it is. */
export function msToSignIn(
  limits: Pick<ConnectionLimits, "helloMs" | "signInMs" | "legacySignInMs">,
  strictness: Strictness | undefined,
): number {
  if (strictness === undefined) return limits.helloMs;
  return strictness === "strict" ? limits.signInMs : limits.legacySignInMs;
}

/** The limits, but for those given. */
export function connectionLimits(given: Partial<ConnectionLimits> = {}): ConnectionLimits {
  return { ...defaults, ...given };
}
