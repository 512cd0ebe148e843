import type { Result } from "@lair-chat/protocol/registry.ts";
import type { AccessTokens } from "./access-tokens.ts";
import { ConnectionError } from "./connection-error.ts";
import { isTokenStale } from "./credentials.ts";
import { type LinkOptions, type LiveLink, openLink } from "./link.ts";
import type { Transport } from "./transport.ts";

export interface OpenSignedInOptions extends Omit<LinkOptions, "transport"> {
  readonly tokens: AccessTokens;
  readonly signal: AbortSignal;
  openTransport(): Promise<Transport>;
  /** As whom. */
  onSignedIn(who: Result<"authenticate">): void;
}

/**
 * Connects and signs in with an access token, a fresh one where the known one has run out.
 * @throws ChatError, ConnectionError
 */
export async function openSignedIn(options: OpenSignedInOptions): Promise<LiveLink> {
  const { tokens, signal } = options;
  // Before anything else, so that a session that is over is found out without a connection.
  const token = await tokens.current();
  const transport = await options.openTransport();
  const stop = (): void => transport.close(new ConnectionError("stopped", transport.at));
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  try {
    const link = await openLink({ ...options, transport });
    options.onSignedIn(await authenticate(link, token, tokens));
    return link;
  } catch (error) {
    // Heard by nobody but the other side; a reason that came first stays.
    stop();
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

async function authenticate(
  link: LiveLink,
  token: string,
  tokens: AccessTokens,
): Promise<Result<"authenticate">> {
  try {
    return await link.call("authenticate", { token });
  } catch (error) {
    if (!isTokenStale(error)) throw error;
    return await link.call("authenticate", { token: await tokens.renew(token) });
  }
}
