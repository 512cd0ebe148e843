import { ChatError, type ErrorCode } from "@lair-chat/protocol/errors.ts";

const gone: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "unauthorized",
  "invalid_credentials",
  "session_not_found",
  "session_expired",
  "invalid_token",
]);

/** Whether the session is over, so that only the person can go on, by signing in. */
export function isSessionOver(error: unknown): boolean {
  return error instanceof ChatError && gone.has(error.code);
}

/** Whether another access token may help. */
export function isTokenStale(error: unknown): boolean {
  return (
    error instanceof ChatError && (error.code === "token_expired" || error.code === "invalid_token")
  );
}
