import { ChatError } from "@lair-chat/protocol/errors.ts";

/** As much of a ban as its user is told. */
export interface BanFacts {
  readonly reason: string | null;
  /** Milliseconds since the epoch; null for one without end. */
  readonly expiresAt: number | null;
}

export function isInForce({ expiresAt }: BanFacts, now: number): boolean {
  return expiresAt === null || expiresAt > now;
}

/** What a banned user is told, everywhere. */
export function bannedError({ reason, expiresAt }: BanFacts): ChatError {
  const until = expiresAt === null ? undefined : new Date(expiresAt).toISOString();
  const when = until === undefined ? "" : ` until ${until}`;
  const why = reason === null || reason === "" ? "." : `: ${reason}`;
  return new ChatError("account_banned", {
    message: `This account is banned from the server${when}${why}`,
    details: { reason, expires_at: until ?? null },
  });
}
