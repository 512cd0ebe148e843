import {
  ChatError,
  type ErrorCode,
  type ErrorInfo,
  errorInfo,
  errorTable,
} from "@lair-chat/protocol/errors.ts";

export interface ErrorReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly error: ErrorInfo };
}

/** How an error looks over HTTP. */
export function errorReply(error: ChatError): ErrorReply {
  const info = errorInfo(error);
  const { status } = errorTable[info.code];
  return {
    status,
    headers: {
      ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
      ...(info.retry_after === undefined ? {} : { "retry-after": String(info.retry_after) }),
    },
    body: { error: info },
  };
}

const codes: Readonly<Record<string, readonly [ErrorCode, string?]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ["frame_too_large", "The request body is too large."],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ["unsupported_media_type"],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ["invalid_message", "The body is not as long as was said."],
  FST_ERR_BAD_URL: ["invalid_message", "The address is not well-formed."],
};

/** What went wrong in our terms: the HTTP library's own errors are turned into those of the table. */
export function asChatError(error: unknown): ChatError {
  if (error instanceof ChatError) return error;
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  const known = typeof code === "string" ? codes[code] : undefined;
  if (known !== undefined) {
    const [chatCode, message] = known;
    return new ChatError(chatCode, { ...(message === undefined ? {} : { message }), cause: error });
  }
  const isClientsFault = typeof statusCode === "number" && statusCode >= 400 && statusCode < 500;
  return new ChatError(isClientsFault ? "invalid_message" : "internal_error", { cause: error });
}
