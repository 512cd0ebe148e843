import type { Params, Result } from "@lair-chat/protocol/registry.ts";
import { ConnectionError } from "./connection-error.ts";
import type { LiveLink } from "./link.ts";

/** What is asked outside of a session's own connection. */
export type AccountCommand = "register" | "login" | "refresh" | "logout";

/** Asks about accounts, over connections of its own that are as protected as any other. */
export interface AccountApi extends Disposable {
  /**
   * Asks the server for something.
   * @throws ChatError as the server answered; ConnectionError: whether it was done is not known
   */
  call<N extends AccountCommand>(
    name: N,
    params: Params<N>,
    accessToken?: string,
  ): Promise<Result<N>>;
  /** The session has a connection of its own now, or none can be had. */
  settled(): void;
}

/** These sign their connection in, and others see that somebody came. */
const signsIn: ReadonlySet<AccountCommand> = new Set<AccountCommand>(["register", "login"]);

export function createAccountApi(open: () => Promise<LiveLink>): AccountApi {
  let kept: LiveLink | undefined;
  const keep = (link: LiveLink | undefined): void => {
    kept?.close(new ConnectionError("stopped", ""));
    kept = link;
  };
  return {
    async call(name, params, accessToken) {
      const link = await open();
      let isKept = false;
      try {
        if (accessToken !== undefined) await link.call("authenticate", { token: accessToken });
        const result = await link.call(name, params);
        // Until the session's own connection is there, so that nobody seems to come, go and come.
        isKept = signsIn.has(name);
        if (isKept) keep(link);
        return result;
      } finally {
        if (!isKept) link.close(new ConnectionError("stopped", ""));
      }
    },
    settled: () => keep(undefined),
    [Symbol.dispose]: () => keep(undefined),
  };
}
