import {
  errorMessage,
  failureReply,
  type Request,
  replyType,
  successReply,
  successText,
} from "@lair-chat/protocol/envelope.ts";
import { ChatError, type ErrorCode, errorInfo } from "@lair-chat/protocol/errors.ts";
import { commands } from "@lair-chat/protocol/registry.ts";
import type { Dispatch } from "../commands/dispatch.ts";
import type { Call } from "../commands/handler.ts";
import { WrittenResult } from "../commands/written-result.ts";
import type { ConnectionLog } from "./connection-log.ts";
import { messageFrame, textFrame } from "./frame-batch.ts";

/** What goes back for a request. */
export interface Answer {
  /** Undefined for a command that is not answered. */
  readonly frame: Uint8Array | undefined;
  /** Why it was refused; undefined when it was done. */
  readonly code: ErrorCode | undefined;
}

interface AnswerDeps {
  readonly dispatch: Dispatch;
  readonly log: Pick<ConnectionLog, "error">;
}

/** Has a request done, its first part before this returns, and makes the answer. Never rejects. */
export async function answer(deps: AnswerDeps, call: Call, request: Request): Promise<Answer> {
  try {
    const result = await deps.dispatch(call, request.name, request.params);
    return { frame: successFrame(request, result), code: undefined };
  } catch (error) {
    return refused(request, asChatError(error, request, deps.log), deps.log);
  }
}

/** Whatever stands in the error, there is an answer: one that says less, if need be. */
function refused(request: Request, error: ChatError, log: AnswerDeps["log"]): Answer {
  try {
    return failure(request, error);
  } catch (cause) {
    log.error({ err: cause, command: request.name }, "a refusal does not fit into a frame");
    return failure(request, new ChatError("internal_error"));
  }
}

/** An error that answers no request, or one that could not be read. */
export function errorFrame(error: ChatError, requestId?: string): Uint8Array {
  return messageFrame(errorMessage(errorInfo(error), requestId));
}

function successFrame({ name, requestId }: Request, result: object): Uint8Array | undefined {
  const type = replyType(commands[name], requestId);
  if (type === undefined) return undefined;
  return result instanceof WrittenResult
    ? textFrame(successText(type, requestId, result.membersText()))
    : messageFrame(successReply(type, requestId, result));
}

function failure(request: Request, error: ChatError): Answer {
  const { name, requestId } = request;
  const { code } = error;
  // As Lair Chat 1.x answers whatever is asked before signing in.
  if (code === "unauthorized") return { frame: errorFrame(error, requestId), code };
  const type = replyType(commands[name], requestId);
  if (type === undefined) return { frame: undefined, code };
  return { frame: messageFrame(failureReply(type, requestId, errorInfo(error))), code };
}

/** Anything else is a fault of ours: the log has it, the client hears only that it happened. */
function asChatError(error: unknown, { name }: Request, log: AnswerDeps["log"]): ChatError {
  if (error instanceof ChatError && error.code !== "internal_error") return error;
  log.error({ err: error, command: name }, "a request failed");
  return new ChatError("internal_error", { cause: error });
}
