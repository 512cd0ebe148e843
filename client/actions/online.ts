import type { CommandName, Params, Result } from "@lair-chat/protocol/registry.ts";
import { ConnectionError } from "../connection/connection-error.ts";
import type { CallOptions, LiveLink } from "../connection/link.ts";

/** The way to the server, while there is one. */
export interface Online {
  readonly link: LiveLink | undefined;
  /** @throws ChatError as the server answered; ConnectionError */
  call<N extends CommandName>(
    name: N,
    params: Params<N>,
    options?: CallOptions,
  ): Promise<Result<N>>;
}

/** An `Online` whose link can be put in and taken out. */
export class LinkSlot implements Online {
  link: LiveLink | undefined;

  async call<N extends CommandName>(
    name: N,
    params: Params<N>,
    options?: CallOptions,
  ): Promise<Result<N>> {
    if (this.link === undefined) throw new ConnectionError("not_connected", "");
    return this.link.call(name, params, options);
  }
}
