const MS_PER_SECOND = 1000;

/**
 * Whether an access token (a JWT) is good for longer than until `at`, in milliseconds since the epoch.
 * It never outlives its session, so one that does not was made for a session that cannot be lengthened.
 */
export function outlives(token: string, at: number): boolean {
  const end = endOf(token);
  // What cannot be read is none of our tokens: nothing is known of its end.
  return end === undefined || end * MS_PER_SECOND > at;
}

function endOf(token: string): number | undefined {
  const [, payload = ""] = token.split(".");
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString());
    const isRecord = typeof claims === "object" && claims !== null;
    return isRecord && "exp" in claims && typeof claims.exp === "number" ? claims.exp : undefined;
  } catch {
    return undefined;
  }
}
