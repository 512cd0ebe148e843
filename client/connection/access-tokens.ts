import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { Result } from "@lair-chat/protocol/registry.ts";

export interface AccessTokens {
  /**
   * A token that was good when last heard of.
   * @throws what `refresh` throws
   */
  current(): Promise<string>;
  /** A newer one than `stale`, which the server refused. */
  renew(stale: string): Promise<string>;
  /** What is there without asking. */
  readonly known: string | undefined;
}

export interface AccessTokensOptions {
  readonly accessToken: string | undefined;
  readonly refreshToken: string | undefined;
  refresh(refreshToken: string): Promise<Result<"refresh">>;
  /** Resolves once the new refresh token is on disk. */
  keep(refreshToken: string): Promise<void>;
}

/**
 * Access tokens for as long as the session lives. A refresh token is good for one use, and using it
 * twice ends the session, so there is never more than one refresh under way, and the next token is
 * on disk before anything is done with what came with it.
 */
export function createAccessTokens(options: AccessTokensOptions): AccessTokens {
  let { accessToken, refreshToken } = options;
  let underWay: Promise<string> | undefined;

  async function refresh(): Promise<string> {
    if (refreshToken === undefined) throw new ChatError("session_expired");
    const renewed = await options.refresh(refreshToken);
    if (renewed.refresh_token !== undefined) {
      refreshToken = renewed.refresh_token;
      await options.keep(refreshToken);
    }
    accessToken = renewed.token;
    return accessToken;
  }

  function refreshOnce(): Promise<string> {
    underWay ??= refresh().finally(() => {
      underWay = undefined;
    });
    return underWay;
  }

  return {
    current: async () => accessToken ?? refreshOnce(),
    renew: async (stale) =>
      accessToken !== undefined && accessToken !== stale ? accessToken : refreshOnce(),
    get known() {
      return accessToken;
    },
  };
}
