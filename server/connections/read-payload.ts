import { type Request, readRequest, requestIdOf } from "@lair-chat/protocol/envelope.ts";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import { commands } from "@lair-chat/protocol/registry.ts";
import { type JsonObject, parseJsonObject } from "@lair-chat/protocol/wire/parse-json.ts";
import { WireError } from "@lair-chat/protocol/wire/wire-error.ts";
import { failPoint } from "../observability/fail-points.ts";
import type { ConnectionLimits } from "./connection-limits.ts";

/** What a payload turned out to be. */
export type Reading =
  | { readonly kind: "request"; readonly request: Request }
  | { readonly kind: "senseless"; readonly error: ChatError; readonly requestId?: string };

type JsonLimits = Pick<ConnectionLimits, "jsonDepth" | "jsonTokens">;

/** Reads one payload; the answer shares no memory with it. */
export function readPayload(bytes: Uint8Array, limits: JsonLimits): Reading {
  failPoint("frame read");
  let message: JsonObject | undefined;
  try {
    message = readJson(bytes, limits);
    return { kind: "request", request: readRequest(message) };
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    const requestId = message === undefined ? undefined : requestIdOf(message);
    return { kind: "senseless", error, ...(requestId === undefined ? {} : { requestId }) };
  }
}

/** What was read, as something to be answered with this error and not looked at further. */
export function refusal(reading: Reading, error: ChatError): Reading {
  const { requestId } = reading.kind === "request" ? reading.request : reading;
  return { kind: "senseless", error, ...(requestId === undefined ? {} : { requestId }) };
}

/** JSON from outside. @throws ChatError `invalid_message` */
export function readJson(bytes: Uint8Array, limits: JsonLimits): JsonObject {
  try {
    return parseJsonObject(bytes, { maxDepth: limits.jsonDepth, maxTokens: limits.jsonTokens });
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new ChatError("invalid_message", {
      message: `The message could not be read: ${error.message}.`,
      details: { reason: error.code },
      cause: error,
    });
  }
}

/** What the transport is to say of bytes that are no frames. */
export function framingError(error: unknown): ChatError {
  if (!(error instanceof WireError)) throw error;
  const code = error.code === "frame_too_large" ? "frame_too_large" : "invalid_frame";
  return new ChatError(code, { cause: error });
}

/** Those that change whose connection it is: nothing else of the connection runs beside them. */
export function runsAlone(reading: Reading): boolean {
  if (reading.kind === "senseless") return false;
  const { name } = reading.request;
  return name === "logout" || commands[name].access === "anonymous";
}
