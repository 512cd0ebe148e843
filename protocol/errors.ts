/**
 * The one table of errors. The code is the contract; the text says what happened and what to do.
 * `status` is the HTTP status, `retry` whether the same request may succeed later unchanged.
 */
export const errorTable = {
  // Wire
  frame_too_large: row(413, "The frame is larger than allowed here. Send less at once."),
  invalid_frame: row(400, "The bytes are not a frame of this protocol."),
  invalid_message: row(400, "The message could not be read."),
  unknown_type: row(404, "This server does not know that message type."),
  version_mismatch: row(400, "This protocol version is not spoken here; use 1.x."),
  invalid_state: row(409, "That is not possible at this point of the connection."),
  unsupported: row(415, "Only text messages are taken here."),
  not_supported: row(400, "That is not possible on a connection of this kind."),
  handshake_failed: row(
    400,
    "The channel could not be secured. Make sure that you have the key of this server.",
  ),
  timeout: row(408, "Nothing was heard in time; the connection is closed."),
  slow_consumer: row(
    503,
    "This connection did not read fast enough and was closed. Connect again.",
    true,
  ),
  shutting_down: row(503, "The server is shutting down. Connect again in a moment.", true),
  busy: row(503, "The server is busy. Try again in a moment.", true),
  storage_full: row(
    507,
    "The server's disk is full, so nothing can be stored. Its administrator must free space.",
    true,
  ),
  internal_error: row(500, "Something went wrong on the server. Its log has the details."),
  not_found: row(404, "There is nothing at this address."),
  method_not_allowed: row(405, "This address does not answer that method."),
  unsupported_media_type: row(415, "Send JSON (Content-Type: application/json)."),
  // Who are you
  unauthorized: row(401, "Sign in first."),
  invalid_credentials: row(401, "The name or the password is wrong."),
  session_not_found: row(401, "This session does not exist any more. Sign in again."),
  session_expired: row(401, "The session has expired. Sign in again."),
  invalid_token: row(401, "The token is not valid. Sign in again."),
  token_expired: row(401, "The token has expired. Refresh it or sign in again."),
  channel_mismatch: row(
    403,
    "This sign-in is meant for another channel than the one it came on. Somebody may stand between you and the server.",
  ),
  account_locked: row(403, "Too many failed sign-ins from here. Try again later.", true),
  registration_closed: row(
    403,
    "This server does not accept new accounts. Ask its administrator for one.",
  ),
  invite_required: row(
    403,
    "This server takes new accounts by invitation only. Ask its administrator for an invite.",
  ),
  invite_invalid: row(403, "The invite is wrong, used up, expired or revoked. Ask for a new one."),
  setup_token_invalid: row(403, "The setup token is wrong or was used already."),
  // May you
  account_banned: row(403, "This account is banned from the server."),
  user_blocked: row(403, "You cannot write to this user."),
  not_message_author: row(403, "Only its author may edit a message."),
  room_moderated: row(403, "Only moderators may write in this room."),
  permission_denied: row(403, "You are not allowed to do that."),
  not_room_member: row(403, "You are not a member of this room. Join it first."),
  // What you sent
  validation_failed: row(400, "The request is not valid."),
  username_invalid: row(
    400,
    "A user name has 3 to 32 letters, digits, - or _, and starts with a letter or digit.",
  ),
  email_invalid: row(400, "That is not an e-mail address."),
  password_too_weak: row(
    400,
    "A password has 8 to 256 bytes, is not a common one and not your name.",
  ),
  room_name_invalid: row(400, "A room name has 1 to 64 visible characters."),
  incorrect_password: row(400, "The current password is wrong."),
  content_invalid: row(400, "A message has 1 to 4096 bytes and is not only blanks."),
  // What is there
  user_not_found: row(404, "There is no such user."),
  room_not_found: row(404, "There is no such room."),
  message_not_found: row(404, "There is no such message."),
  message_deleted: row(409, "The message was deleted."),
  invitation_not_found: row(404, "There is no such invitation."),
  invitation_used: row(409, "The invitation was answered or cancelled already."),
  invitation_expired: row(409, "The invitation has expired. Ask for a new one."),
  invite_not_found: row(404, "There is no such invite to this server."),
  not_invitee: row(409, "The invitation is for somebody else."),
  already_invited: row(409, "This user has an invitation to the room already."),
  username_taken: row(409, "That user name is taken. Choose another."),
  email_taken: row(409, "That e-mail address is registered already."),
  room_name_taken: row(409, "A room of that name exists already. Choose another name."),
  already_member: row(409, "You are a member of this room already."),
  room_banned: row(403, "You are banned from this room."),
  room_full: row(409, "The room is full."),
  room_private: row(409, "The room is private: you need an invitation."),
  last_owner: row(
    409,
    "The only owner can't leave while others are in the room. Hand it over first.",
  ),
  id_conflict: row(409, "This client_id was used for another message."),
  predecessor_missing: row(
    409,
    "The message that this one follows is not stored, so this one was not either. Send that one first.",
    true,
  ),
  rate_limited: row(429, "Too many requests. Wait a little.", true),
} as const satisfies Record<string, ErrorRow>;

export interface ErrorRow {
  readonly status: number;
  readonly text: string;
  readonly retry: boolean;
}

export type ErrorCode = keyof typeof errorTable;

function row(status: number, text: string, retry = false): ErrorRow {
  return { status, text, retry };
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorTable, code);
}

/** What an error looks like on the wire. */
export interface ErrorInfo {
  readonly code: ErrorCode;
  readonly message: string;
  /** Seconds to wait, with `rate_limited`, `account_locked` and `busy`. */
  readonly retry_after?: number;
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface ChatErrorOptions {
  /** Said instead of the table's text; must hold nothing the receiver may not know. */
  readonly message?: string;
  /** Seconds. */
  readonly retryAfter?: number;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** An answer that is not the one hoped for: the only error that crosses the wire. */
export class ChatError extends Error {
  readonly code: ErrorCode;
  readonly retryAfter: number | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ErrorCode, options: ChatErrorOptions = {}) {
    super(
      options.message ?? errorTable[code].text,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = "ChatError";
    this.code = code;
    this.retryAfter = options.retryAfter;
    this.details = options.details;
  }
}

/** The wire form of an error; anything that is not a ChatError becomes `internal_error` and says nothing more. */
export function errorInfo(error: unknown): ErrorInfo {
  const known = error instanceof ChatError ? error : new ChatError("internal_error");
  return {
    code: known.code,
    message: known.message,
    ...(known.retryAfter === undefined ? {} : { retry_after: known.retryAfter }),
    ...(known.details === undefined ? {} : { details: known.details }),
  };
}
