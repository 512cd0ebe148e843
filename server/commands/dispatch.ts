import type { Access } from "@lair-chat/protocol/define.ts";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import { type CommandName, commands } from "@lair-chat/protocol/registry.ts";
import { checkParams } from "@lair-chat/protocol/validate.ts";
import type { RateLimits } from "../cluster/rate-limits.ts";
import { failPoint } from "../observability/fail-points.ts";
import type { TallyByName } from "../observability/metrics/tally.ts";
import type { Call, HandledCommand, Handlers } from "./handler.ts";

/**
 * The one way in: access, limit, parameters, handler. Resolves with the command's result.
 * @throws ChatError (anything else a handler throws is a fault of ours and passes through)
 */
export type Dispatch = (
  call: Call,
  name: CommandName,
  raw: Readonly<Record<string, unknown>>,
) => Promise<object>;

export interface DispatchDeps {
  readonly handlers: Handlers;
  readonly rateLimits: RateLimits;
  /** Counts what is asked for, also what is then refused. */
  readonly requests?: TallyByName<CommandName>;
}

export function createDispatch({ handlers, rateLimits, requests }: DispatchDeps): Dispatch {
  // Not an async function: what a handler does before its first await must happen in arrival order.
  return (call, name, raw) => {
    requests?.add(name);
    try {
      if (!isHandled(name)) throw new ChatError("invalid_state");
      checkAccess(commands[name].access, call);
      rateLimits.take(commands[name].rate, call);
      const params = checkParams(name, raw, call.strictness);
      failPoint("dispatched");
      return Promise.resolve(handlers[name](call as never, params as never));
    } catch (error) {
      return Promise.reject(error);
    }
  };
}

function isHandled(name: CommandName): name is HandledCommand {
  return name !== "client_hello";
}

function checkAccess(access: Access, call: Call): void {
  if (access === "anyone") return;
  if (access === "anonymous") {
    if (call.session !== undefined && call.transport !== "http") {
      throw new ChatError("invalid_state", { message: "You are signed in already." });
    }
    return;
  }
  if (call.session === undefined) throw new ChatError("unauthorized");
  if (access === "admin" && call.session.role !== "admin") throw new ChatError("permission_denied");
}
