import type { Command, Reply } from "./define.ts";
import { ChatError, type ErrorInfo, isErrorCode } from "./errors.ts";
import { limits } from "./limits.ts";
import { type AnyEvent, type CommandName, isCommandName, isEventName } from "./registry.ts";

/** A request as it stands on the wire, taken apart: `{type, request_id?, ...params}`. */
export interface Request {
  readonly name: CommandName;
  readonly requestId: string | undefined;
  readonly params: Readonly<Record<string, unknown>>;
}

/** @throws ChatError `invalid_message` or `unknown_type` */
export function readRequest(message: Readonly<Record<string, unknown>>): Request {
  const { type, request_id: id, ...params } = message;
  if (typeof type !== "string")
    throw new ChatError("invalid_message", { message: "The message has no type." });
  const requestId = readRequestId(id);
  if (!isCommandName(type)) throw new ChatError("unknown_type");
  return { name: type, requestId, params };
}

/** The id to answer with, even where the rest of the message is no good. */
export function requestIdOf(message: Readonly<Record<string, unknown>>): string | undefined {
  const id = message["request_id"];
  return typeof id === "string" && id.length <= limits.requestIdChars ? id : undefined;
}

function readRequestId(id: unknown): string | undefined {
  if (id === undefined || id === null) return undefined;
  if (typeof id === "string" && id.length <= limits.requestIdChars) return id;
  throw new ChatError("invalid_message", {
    message: `request_id is a string of at most ${limits.requestIdChars} characters.`,
  });
}

/** The name a command's reply carries, or undefined where none is sent. */
export function replyType(command: Command, requestId: string | undefined): string | undefined {
  const reply: Reply = command.reply;
  if (typeof reply === "object") return reply.type;
  return reply === "silent" && requestId === undefined ? undefined : `${command.name}_response`;
}

export function successReply(type: string, requestId: string | undefined, result: object): object {
  return { type, request_id: requestId ?? null, success: true, ...result };
}

/** The same as JSON, of a result whose members are JSON already. */
export function successText(
  type: string,
  requestId: string | undefined,
  membersText: string,
): string {
  const id = requestId === undefined ? "null" : JSON.stringify(requestId);
  return `{"type":"${type}","request_id":${id},"success":true,${membersText}}`;
}

export function failureReply(
  type: string,
  requestId: string | undefined,
  error: ErrorInfo,
): object {
  return { type, request_id: requestId ?? null, success: false, error };
}

export function errorMessage(error: ErrorInfo, requestId?: string): object {
  return { type: "error", ...(requestId === undefined ? {} : { request_id: requestId }), ...error };
}

/** What a client reads: an event, or the reply to the request of that id. */
export type Incoming =
  | { readonly kind: "event"; readonly event: AnyEvent }
  | {
      readonly kind: "reply";
      readonly requestId: string;
      readonly result: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: "failure"; readonly requestId: string; readonly error: ChatError }
  | { readonly kind: "unknown"; readonly type: string };

/** Sorts a message of the server. Events are taken leniently: an unknown one is passed over by the caller. */
export function readIncoming(message: Readonly<Record<string, unknown>>): Incoming {
  const { type, request_id: requestId, success, ...rest } = message;
  if (typeof type !== "string") return { kind: "unknown", type: "" };
  if (typeof requestId === "string") {
    if (type === "error") return { kind: "failure", requestId, error: readError(rest) };
    if (success === false) return { kind: "failure", requestId, error: readError(rest["error"]) };
    return { kind: "reply", requestId, result: rest };
  }
  return isEventName(type)
    ? { kind: "event", event: message as unknown as AnyEvent }
    : { kind: "unknown", type };
}

/** An error from the other side; a code we do not know is kept as its text. */
export function readError(info: unknown): ChatError {
  const {
    code,
    message,
    retry_after: after,
    details,
  } = (typeof info === "object" && info !== null ? info : {}) as Record<string, unknown>;
  const known = typeof code === "string" && isErrorCode(code) ? code : "internal_error";
  return new ChatError(known, {
    ...(typeof message === "string" ? { message } : {}),
    ...(typeof after === "number" ? { retryAfter: after } : {}),
    ...(typeof details === "object" && details !== null
      ? { details: details as Record<string, unknown> }
      : {}),
  });
}
