import { hash, randomUUID } from "node:crypto";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { SessionId, UserId } from "@lair-chat/protocol/ids.ts";
import { errors, jwtVerify, SignJWT } from "jose";
import type { Clock } from "./clock.ts";

const algorithm = "HS256";
const type = "at+jwt";
const issuer = "lair-chat";
const audience = "lair-chat";
/** How far the clocks of two machines may differ. */
const leewaySeconds = 60;
const secretBytes = 32;

/** Whom an access token speaks for. Role and state of the session are the database's to say. */
export interface AccessClaims {
  readonly userId: UserId;
  readonly sessionId: SessionId;
  /** Milliseconds since the epoch; the token carries whole seconds. */
  readonly expiresAt: number;
}

/** Makes and reads access tokens. */
export interface AccessTokens {
  sign(claims: AccessClaims): Promise<string>;
  /** @throws ChatError `token_expired` or `invalid_token` */
  verify(token: string): Promise<AccessClaims>;
}

export interface AccessTokenOptions {
  readonly secret: Uint8Array<ArrayBuffer>;
  /** The key before: what was signed with it is still taken. */
  readonly previous?: Uint8Array<ArrayBuffer> | undefined;
  readonly clock: Clock;
}

export function createAccessTokens(options: AccessTokenOptions): AccessTokens {
  const { clock } = options;
  const current = signingKey(options.secret);
  const previous = options.previous && signingKey(options.previous);
  // Tokens of before there were ids name none: whichever key they were signed with was the only one.
  const keyFor = ({ kid }: { readonly kid?: string }) =>
    previous !== undefined && kid === previous.id ? previous.key : current.key;
  return {
    sign: async ({ userId, sessionId, expiresAt }) =>
      new SignJWT({ sid: sessionId })
        .setProtectedHeader({ alg: algorithm, typ: type, kid: current.id })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(userId)
        .setJti(randomUUID())
        .setIssuedAt(Math.floor(clock.now() / 1000))
        .setExpirationTime(Math.floor(expiresAt / 1000))
        .sign(await current.key),
    verify: async (token) => {
      try {
        return readClaims(await verified(token, keyFor, clock));
      } catch (cause) {
        if (cause instanceof errors.JWTExpired) throw new ChatError("token_expired", { cause });
        throw new ChatError("invalid_token", { cause });
      }
    },
  };
}

interface SigningKey {
  /** Stands in the header of what it signs, and gives nothing of the secret away. */
  readonly id: string;
  readonly key: Promise<CryptoKey>;
}

function signingKey(secret: Uint8Array<ArrayBuffer>): SigningKey {
  if (secret.byteLength < secretBytes) {
    throw new RangeError(`a signing secret has at least ${secretBytes} bytes`);
  }
  const use = { name: "HMAC", hash: "SHA-256" };
  return {
    id: hash("sha256", Buffer.concat([Buffer.from("kid\0"), secret])).slice(0, 16),
    key: crypto.subtle.importKey("raw", secret, use, false, ["sign", "verify"]),
  };
}

async function verified(
  token: string,
  keyFor: (header: { readonly kid?: string }) => Promise<CryptoKey>,
  clock: Clock,
) {
  const { payload } = await jwtVerify(token, keyFor, {
    algorithms: [algorithm],
    typ: type,
    issuer,
    audience,
    clockTolerance: leewaySeconds,
    currentDate: new Date(clock.now()),
    requiredClaims: ["sub", "sid", "iat", "exp", "jti"],
  });
  return payload;
}

function readClaims(payload: Readonly<Record<string, unknown>>): AccessClaims {
  const { sub, sid, exp } = payload;
  if (typeof sub !== "string" || typeof sid !== "string" || typeof exp !== "number") {
    throw new TypeError("a claim is of the wrong type");
  }
  return { userId: sub as UserId, sessionId: sid as SessionId, expiresAt: exp * 1000 };
}
